package dev.terse.traces.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.model.chat.ChatTemplate.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

class SftExampleTest {

  @Test
  void toJson_example_isTrlsPromptCompletionForm() {
    SftExample example =
        new SftExample("t1", List.of(new Message("user", "1+1?")), "[SKIP]\n</think>\n\n2", "2");
    assertThat(example.toJson().toString())
        .isEqualTo(
            "{\"id\":\"t1\",\"prompt\":[{\"role\":\"user\",\"content\":\"1+1?\"}],"
                + "\"completion\":[{\"role\":\"assistant\",\"content\":\"[SKIP]\\n</think>\\n\\n2\"}],"
                + "\"gold\":\"2\"}");
  }

  @Test
  void example_withoutPromptOrCompletion_isRefused() {
    List<Message> prompt = List.of(new Message("user", "1+1?"));
    assertThatThrownBy(() -> new SftExample("t", prompt, "", null))
        .hasMessage("expected a completion, found an empty text");
    assertThatThrownBy(() -> new SftExample("t", List.of(), "2", null))
        .hasMessage("expected at least one prompt message, found none");
  }
}
