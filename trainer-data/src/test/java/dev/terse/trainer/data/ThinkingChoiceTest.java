package dev.terse.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.testkit.SharedData;
import dev.terse.testkit.TinyModels;
import dev.terse.traces.segment.ThinkingEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a run decides where thinking ends, and how it says so. */
class ThinkingChoiceTest {
  private static final Path WITH_TOKEN = SharedData.projectRoot().resolve("configs/arithmetic");
  private static final Path WITHOUT = TinyModels.folder("qwen2");
  private static final String PLAIN = "{{ messages[0].content }}";

  @TempDir private Path folder;

  @Test
  void auto_looksAtTemplateThenTokenizer() {
    assertThat(auto(WITH_TOKEN, PLAIN))
        .isEqualTo(
            "thinking ends at </think> (thinking: marks; auto chose it because the tokenizer has the"
                + " token </think>)");
    assertThat(auto(WITHOUT, PLAIN + "<think>\n"))
        .contains("thinking: marks; auto chose it because the chat template opens <think>");
    assertThat(auto(WITH_TOKEN, PLAIN + "<think>\n\n</think>\n\n"))
        .isEqualTo(
            "thinking ends before the sentence that gives the final answer (thinking: before_answer;"
                + " auto chose it because the chat template closes the thinking before the model"
                + " writes)");
    assertThat(auto(WITHOUT, "{# </think> #}" + PLAIN))
        .contains("marks; auto chose it because the chat template speaks of </think>");
    assertThat(auto(WITHOUT, PLAIN))
        .contains("before_answer; auto chose it because neither tokenizer nor chat template has");
    assertThat(auto(WITHOUT, null)).contains("before_answer; auto chose it because neither");
  }

  @Test
  void asked_isDone_andToldWhereTheModelSpeaksAgainstIt() {
    assertThat(choice(ThinkingEnd.MARKS, WITH_TOKEN, PLAIN))
        .endsWith("(thinking: marks; as asked)");
    assertThat(choice(ThinkingEnd.MARKS, WITHOUT, PLAIN))
        .endsWith("; as asked, although neither tokenizer nor chat template has </think>)");
    assertThat(choice(ThinkingEnd.BEFORE_LAST_PARAGRAPH, WITHOUT, PLAIN))
        .isEqualTo(
            "thinking ends before the last paragraph (thinking: before_last_paragraph; as asked)");
    assertThat(choice(ThinkingEnd.BEFORE_ANSWER, WITH_TOKEN, PLAIN))
        .endsWith("; as asked, although the tokenizer has the token </think>)");
  }

  @Test
  void asked_againstATemplateThatOpensThinking_isRefused() {
    assertThatThrownBy(() -> choice(ThinkingEnd.BEFORE_ANSWER, WITHOUT, PLAIN + "<think>\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "thinking: before_answer cannot be: the chat template opens <think> in the prompt, and"
                + " what a prompt opens, </think> closes; give thinking: marks or auto, or switch"
                + " the thinking off by chat_template_kwargs");
  }

  @Test
  void auto_ofTraces_asksTheRowsFirst() throws IOException {
    Path marked = Files.writeString(folder.resolve("a"), "{broken\n" + row("1") + row("2</think>"));
    Path plain = Files.writeString(folder.resolve("b"), row("1") + row("2"));
    try (Tokenizer tokenizer = Tokenizer.load(WITHOUT)) {
      PromptEncoder encoder = new PromptEncoder(tokenizer, null);
      assertThat(ThinkingChoice.of(ThinkingEnd.AUTO, encoder, marked).describe())
          .contains("thinking: marks; auto chose it because the rows have </think>");
      assertThat(ThinkingChoice.of(ThinkingEnd.AUTO, encoder, plain).describe())
          .contains("thinking: before_answer");
      assertThat(ThinkingChoice.of(ThinkingEnd.BEFORE_ANSWER, encoder, marked).rule().end())
          .isEqualTo(ThinkingEnd.BEFORE_ANSWER);
    }
  }

  @Test
  void auto_promptThatAsksForMarks_hasThem() {
    PromptConfig asking = new PromptConfig("Write <think>..</think> first.", "", null);
    try (Tokenizer tokenizer = Tokenizer.load(WITHOUT)) {
      PromptEncoder encoder = new PromptEncoder(tokenizer, null);
      assertThat(ThinkingChoice.of(ThinkingEnd.AUTO, encoder, asking).describe())
          .contains("thinking: marks; auto chose it because the prompt asks for </think>");
    }
  }

  private static String row(String response) {
    return "{\"question\": \"?\", \"response\": \"" + response + "\"}\n";
  }

  private static String auto(Path model, String template) {
    return choice(ThinkingEnd.AUTO, model, template);
  }

  private static String choice(ThinkingEnd asked, Path model, String template) {
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      ChatTemplate given = template == null ? null : ChatTemplate.of(template, Map.of());
      return ThinkingChoice.of(asked, new PromptEncoder(tokenizer, given), PromptConfig.PLAIN)
          .describe();
    }
  }
}
