package dev.terse.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.terse.model.chat.ChatTemplate.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

class SftExampleTest {

  @Test
  void json_thereAndBack_isTheSame() throws JsonProcessingException {
    SftExample example =
        new SftExample("t1", List.of(new Message("user", "1+1?")), "[SKIP]\n</think>\n\n2", "2");
    assertThat(example.toJson().toString())
        .isEqualTo(
            "{\"id\":\"t1\",\"prompt\":[{\"role\":\"user\",\"content\":\"1+1?\"}],"
                + "\"completion\":[{\"role\":\"assistant\",\"content\":\"[SKIP]\\n</think>\\n\\n2\"}],"
                + "\"gold\":\"2\"}");
    assertThat(SftExample.of(example.toJson(), 1)).isEqualTo(example);
  }

  @Test
  void of_plainTexts_areTurns() throws JsonProcessingException {
    assertThat(read("{\"prompt\": \"1+1?\", \"completion\": \"2\"}"))
        .isEqualTo(new SftExample("line 3", List.of(new Message("user", "1+1?")), "2", null));
  }

  @Test
  void of_wrongFields_areNamed() {
    assertThatThrownBy(() -> read("{\"completion\": \"2\"}"))
        .hasMessage("expected a list of messages in field 'prompt', found no such field");
    assertThatThrownBy(
            () ->
                read(
                    "{\"prompt\": \"a\", \"completion\": [{\"role\": \"user\", \"content\": \"a\"}]}"))
        .hasMessageContaining("expected one assistant message in 'completion', found [user]");
    assertThatThrownBy(() -> read("{\"prompt\": [{\"role\": 1}], \"completion\": \"a\"}"))
        .hasMessageContaining("expected a text in field 'role', found a value of type number");
    assertThatThrownBy(() -> read("{\"prompt\": \"a\", \"completion\": \"\"}"))
        .hasMessageContaining("expected a completion");
  }

  private static SftExample read(String json) throws JsonProcessingException {
    return SftExample.of(new JsonMapper().readTree(json), 3);
  }
}
