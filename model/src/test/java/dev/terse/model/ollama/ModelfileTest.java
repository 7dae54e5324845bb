package dev.terse.model.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * By Ollama's documented grammar; docs/log.md tells what Ollama's own packages made of the texts.
 */
class ModelfileTest {
  private static final String CHATML =
      "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}"
          + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = Tokenizer.load(SharedData.projectRoot().resolve("checkpoints/tiny-reasoner"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static ChatTemplate template(String source) {
    return ChatTemplate.of(
        source, Map.of("bos_token", "<begin>", "eos_token", "<｜end▁of▁sentence｜>"));
  }

  private static ChatTemplate published(String name) throws IOException {
    try (InputStream in = ModelfileTest.class.getResourceAsStream("/chat/" + name + ".jinja")) {
      return template(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static Modelfile modelfile(ChatTemplate template) {
    return Modelfile.of("model-F16.gguf", template, tokenizer, null, "");
  }

  /** An instruction with its arguments. */
  record Instruction(String name, String arguments) {}

  /**
   * Ollama's documented grammar: {@code # comment}, or {@code INSTRUCTION arguments}, where
   * arguments are a line, a text in quotes, or one of many lines in three quotes.
   */
  private static List<Instruction> parsed(String text) {
    List<Instruction> found = new ArrayList<>();
    String rest = text;
    while (!rest.isEmpty()) {
      int end = rest.indexOf('\n');
      assertThat(end).as("a whole line in '%s'", rest).isNotNegative();
      String line = rest.substring(0, end);
      if (!line.isBlank() && !line.startsWith("#")) {
        assertThat(line).matches("(?s)(FROM|TEMPLATE|PARAMETER [a-z_]+) .+");
        int space = line.indexOf(' ', line.startsWith("PARAMETER ") ? 10 : 0);
        String arguments = rest.substring(space + 1);
        String quote = arguments.startsWith("\"\"\"") ? "\"\"\"" : "\"";
        if (arguments.startsWith("\"")) {
          int closed = arguments.indexOf(quote, quote.length());
          assertThat(arguments.charAt(closed + quote.length())).isEqualTo('\n');
          end = space + 1 + closed + quote.length();
          arguments = arguments.substring(quote.length(), closed);
        } else {
          arguments = arguments.substring(0, arguments.indexOf('\n'));
        }
        found.add(new Instruction(line.substring(0, space), arguments));
      }
      rest = rest.substring(end + 1);
    }
    return found;
  }

  @Test
  void text_chatMl_isInOllamasGrammar() throws IOException {
    ObjectNode sampling = new ObjectMapper().createObjectNode();
    sampling.put("temperature", 0.60).put("top_p", 0.95).put("top_k", 20);
    sampling.put("repetition_penalty", 1.05).put("do_sample", true).put("eos_token_id", 3);
    Modelfile modelfile =
        Modelfile.of("model-Q8_0.gguf", template(CHATML), tokenizer, sampling, "");
    assertThat(modelfile.notes()).isEmpty();
    assertThat(parsed(modelfile.text()))
        .containsExactly(
            new Instruction("FROM", "./model-Q8_0.gguf"),
            new Instruction(
                "TEMPLATE",
                "{{ range $i, $_ := .Messages }}{{ $last := eq (len (slice $.Messages $i)) 1 }}"
                    + "{{ if eq .Role \"system\" }}<|im_start|>system\n{{ .Content }}<|im_end|>\n"
                    + "{{ else if eq .Role \"user\" }}<|im_start|>user\n{{ .Content }}<|im_end|>\n"
                    + "{{ else if eq .Role \"assistant\" }}<|im_start|>assistant\n{{ .Content }}"
                    + "{{ if not $last }}<|im_end|>\n{{ end }}{{ end }}"
                    + "{{ if and $last (ne .Role \"assistant\") }}<|im_start|>assistant\n{{ end }}"
                    + "{{ end }}"),
            new Instruction("PARAMETER stop", "<|end|>"),
            new Instruction("PARAMETER temperature", "0.6"),
            new Instruction("PARAMETER top_p", "0.95"),
            new Instruction("PARAMETER top_k", "20"),
            new Instruction("PARAMETER repeat_penalty", "1.05"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3", "smollm2", "r1-distill"})
  void turns_publishedTemplates_renderWhatTheTemplateDoes(String name) throws IOException {
    ChatTemplate template = published(name);
    Turns turns = Turns.of(template, "").orElseThrow();
    List<Message> conversation =
        List.of(
            new Message("system", "Be brief."),
            new Message("user", "1+1?"),
            new Message("assistant", "2 [SKIP]"),
            new Message("user", "And\n\n2?"));
    assertThat(turns.render(conversation)).isEqualTo(template.render(conversation, true));
    List<Message> untold = conversation.subList(1, 4);
    assertThat(turns.render(untold)).isEqualTo(template.render(untold, true));
    assertThat(parsed(modelfile(template).text()))
        .extracting(Instruction::name)
        .containsExactly("FROM", "TEMPLATE", "PARAMETER stop");
  }

  @Test
  void turns_thinking_isForgottenAndSwitchedOffAsTheTemplateDoes() throws IOException {
    Turns qwen3 = Turns.of(published("qwen3"), "").orElseThrow();
    assertThat(qwen3.forgetsThinking()).isTrue();
    assertThat(qwen3.silent()).isEqualTo("<|im_start|>assistant\n<think>\n\n</think>\n\n");
    assertThat(modelfile(published("qwen3")).text())
        .contains(
            "{{ if and $.IsThinkSet (not $.Think) }}<|im_start|>assistant\n<think>\n\n</think>\n\n"
                + "{{ else }}<|im_start|>assistant\n{{ end }}");
    assertThat(Turns.of(template(CHATML), "").orElseThrow().forgetsThinking()).isFalse();
    Turns r1 = Turns.of(published("r1-distill"), "<begin>").orElseThrow();
    assertThat(r1.generation()).isEqualTo("<｜Assistant｜><think>\n");
    assertThat(r1.withoutSystem()).as("the begin mark is llama.cpp's").isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "a system turn in the user's @ {% for m in messages %}{% if m.role == 'system' %}{% set s ="
            + " m.content %}{% else %}{{ m.content }}{{ s }};{% endif %}{% endfor %}",
        "the day @ {{ strftime_now('%d %b') }}{% for m in messages %}{{ m.role + m.content + ';'"
            + " }}{% endfor %}",
        "the number of turns @ {{ messages|length }}{% for m in messages %}{{ m.role + m.content +"
            + " ';' }}{% endfor %}",
        "thinking off in the user's turn @ {% for m in messages %}{{ m.role + m.content }}{% if"
            + " enable_thinking is defined and m.role == 'user' %}/quiet{% endif %};{% endfor %}",
        "braces @ {% for m in messages %}{{ '{{' + m.role + '}}' + m.content }};{% endfor %}",
        "no system @ {% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no')"
            + " }}{% endif %}{{ m.role + m.content }};{% endfor %}",
      })
  void text_whatIsMoreThanTurns_hasNoTemplateAndSaysSo(String what, String source) {
    Modelfile modelfile = modelfile(template(source));
    assertThat(parsed(modelfile.text()))
        .as(what)
        .extracting(Instruction::name)
        .containsExactly("FROM", "PARAMETER stop");
    assertThat(modelfile.notes())
        .as(what)
        .singleElement()
        .asString()
        .contains("is more than turns one after another", "Modelfile has no TEMPLATE");
  }

  /** Llama 3.1's writes today's date; in a Modelfile it would be that of the export for ever. */
  @Test
  void text_theDayInTheSystemTurn_isNotFrozen() throws IOException {
    assertThat(modelfile(published("llama3-like")).notes()).hasSize(1);
  }

  @Test
  void text_noChatTemplate_takesThePromptAsItIs() {
    assertThat(parsed(modelfile(null).text()))
        .contains(new Instruction("TEMPLATE", "{{ .Prompt }}"));
  }

  @Test
  void text_endTokens_areAllStops() {
    try (Tokenizer more = tokenizer.withEndId(tokenizer.id("<|user|>").orElseThrow());
        Tokenizer odd = tokenizer.withToken("\u00a0end\u200b");
        Tokenizer ended = odd.withEndId(odd.id("\u00a0end\u200b").orElseThrow())) {
      assertThat(parsed(Modelfile.of("m.gguf", null, more, null, "").text()))
          .contains(
              new Instruction("PARAMETER stop", "<|end|>"),
              new Instruction("PARAMETER stop", "<|user|>"));
      assertThat(Modelfile.of("m.gguf", null, ended, null, "").notes())
          .singleElement()
          .asString()
          .contains("cannot say the end token of id");
    }
  }

  /** Names of all parameters are Ollama's (docs/modelfile, valid parameters). */
  @Test
  void text_parameters_areOllamas() {
    ObjectNode all = new ObjectMapper().createObjectNode();
    all.put("temperature", 1).put("top_p", 1).put("top_k", 0).put("min_p", 0.05);
    all.put("repetition_penalty", 1);
    String text = Modelfile.of("m.gguf", null, tokenizer, all, "").text();
    assertThat(parsed(text).stream().map(Instruction::name).filter(n -> n.startsWith("PAR")))
        .map(name -> name.replace("PARAMETER ", ""))
        .allMatch(
            Set.of("stop", "temperature", "top_p", "top_k", "min_p", "repeat_penalty")::contains)
        .hasSize(6);
  }
}
