package dev.terse.traces.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.model.chat.ChatTemplate.Message;
import org.junit.jupiter.api.Test;

class TraceTest {
  private static Trace read(String json) throws JsonProcessingException {
    return Trace.of(new ObjectMapper().readTree(json), 3);
  }

  @Test
  void prompt_isTheQuestionInTheUsersTurn_orTheTurnsThatTheRowHas() throws Exception {
    Trace plain = read("{\"question\": \"1+1?\", \"response\": \"2\", \"prompt\": \"other\"}");
    assertThat(plain.prompt()).containsExactly(new Message("user", "1+1?"));
    assertThat(plain.id()).isEqualTo("line 3");
    Trace turns =
        read(
            "{\"question\": \"1+1?\", \"response\": \"2\", \"prompt\": [{\"role\": \"system\","
                + " \"content\": \"Sum\"}, {\"role\": \"user\", \"content\": \"1+1? =\"}]}");
    assertThat(turns.question()).isEqualTo("1+1?");
    assertThat(turns.prompt())
        .containsExactly(new Message("system", "Sum"), new Message("user", "1+1? ="));
    Trace asked =
        read("{\"response\": \"2\", \"prompt\": [{\"role\": \"user\", \"content\": \"1+1?\"}]}");
    assertThat(asked.question()).isEqualTo("1+1?");
  }

  @Test
  void prompt_ofMoreThanTexts_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                read("{\"response\": \"2\", \"prompt\": [{\"role\": \"user\", \"name\": \"a\"}]}"))
        .withMessageContaining(
            "expected messages of role and content, both texts, in field 'prompt'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read("{\"response\": \"2\", \"prompt\": []}"))
        .withMessage("expected messages in field 'prompt', found none");
  }
}
