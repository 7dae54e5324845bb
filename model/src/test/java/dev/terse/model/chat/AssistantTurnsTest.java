package dev.terse.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.model.chat.AssistantTurns.Which;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which tokens are the assistant's: by marks, and by rendering where a template has none. */
class AssistantTurnsTest {
  private static final String MARKED =
      "{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if m.role == 'assistant' %}{% generation"
          + " %}{{ m.content }}{% for t in (m.tool_calls or []) %}{{ t.name }}{% endfor %}{{"
          + " '<|end|>\\n' }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}{% if"
          + " add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";
  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = Tokenizer.load(SharedData.projectRoot().resolve("checkpoints/arithmetic-skip"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static Conversation turns(String... texts) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < texts.length; i++) {
      messages.add(new Message(i % 2 == 0 ? "user" : "assistant", texts[i]));
    }
    return Conversation.of(messages);
  }

  private static String masked(ChatTemplate template, Conversation conversation, Which which) {
    Tokenizer.Encoding tokens = ChatPrompt.whole(template, conversation).encoding(tokenizer);
    boolean[] mask = AssistantTurns.mask(template, conversation, tokens, which);
    StringBuilder shown = new StringBuilder();
    for (int t = 0; t < mask.length; t++) {
      boolean begins = mask[t] && (t == 0 || !mask[t - 1]);
      boolean ends = !mask[t] && t > 0 && mask[t - 1];
      shown.append(begins ? "⟦" : "").append(ends ? "⟧" : "");
      shown.append(tokenizer.decode(new int[] {tokens.ids()[t]}, false));
    }
    return shown + (mask[mask.length - 1] ? "⟧" : "");
  }

  @Test
  void rendering_findsTheTurnsThatMarksTell() {
    ChatTemplate marked = ChatTemplate.of(MARKED, Map.of());
    ChatTemplate plain =
        ChatTemplate.of(MARKED.replaceAll("\\{% (end)?generation %\\}", ""), Map.of());
    assertThat(plain.marksGeneration()).isFalse();
    List<Conversation> conversations =
        List.of(
            turns("1+1", "2", "3+3", "6"),
            turns("1+1", "2", "2", "2", "2"),
            turns("é\uD83D\uDE42", "\uD83D\uDE42é", "a", ""),
            Conversation.of(
                List.of(
                    new Message("user", "7"),
                    new Message(
                        "assistant", "", Map.of("tool_calls", List.of(Map.of("name", "mul")))),
                    new Message("tool", "56"),
                    new Message("assistant", "56"))));
    for (Conversation conversation : conversations) {
      for (Which which : Which.values()) {
        assertThat(masked(plain, conversation, which))
            .isEqualTo(masked(marked, conversation, which));
      }
    }
    assertThat(masked(plain, conversations.get(0), Which.ALL))
        .isEqualTo("<|user|>1+1<|assistant|>⟦2<|end|>\n⟧<|user|>3+3<|assistant|>⟦6<|end|>\n⟧");
    assertThat(masked(plain, conversations.get(0), Which.LAST))
        .isEqualTo("<|user|>1+1<|assistant|>2<|end|>\n<|user|>3+3<|assistant|>⟦6<|end|>\n⟧");
  }

  /** Earlier turns lose their thinking, the last gets an empty one: no prefix is a prefix. */
  @Test
  void qwen3_turnsAreFoundInItsOwnTemplate() throws IOException {
    ChatTemplate qwen3 = ChatTemplate.of(ChatTemplateTest.resource("qwen3.jinja"), Map.of());
    String thought = "<think>\nso\n</think>\n\n2";
    assertThat(masked(qwen3, turns("1+1", thought, "3+3", "6"), Which.ALL))
        .isEqualTo(
            "<|im_start|>user\n1+1<|im_end|>\n<|im_start|>assistant\n⟦2<|im_end|>\n⟧<|im_start|>user"
                + "\n3+3<|im_end|>\n<|im_start|>assistant\n⟦<think>\n\n</think>\n\n6<|im_end|>\n⟧");
    assertThat(masked(qwen3, turns("1+1", thought), Which.ALL))
        .endsWith("<|im_start|>assistant\n⟦<think>\nso\n</think>\n\n2<|im_end|>\n⟧");
    Conversation without =
        turns("1+1", "2", "3+3", "6").withVariables(Map.of("enable_thinking", false));
    assertThat(masked(qwen3, without, Which.ALL))
        .contains("assistant\n⟦2<|im_end|>\n⟧")
        .endsWith("assistant\n<think>\n\n</think>\n\n⟦6<|im_end|>\n⟧");
  }

  @Test
  void templateThatPrintsNoAssistant_isRefused() {
    ChatTemplate mute =
        ChatTemplate.of(
            "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}", Map.of());
    assertThatThrownBy(() -> masked(mute, turns("1", "2"), Which.ALL))
        .hasMessageContaining("does not print the text of turn 2 (assistant)")
        .hasMessageContaining("{% generation %} marks");
  }
}
