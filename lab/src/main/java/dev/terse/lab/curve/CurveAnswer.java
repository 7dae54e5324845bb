package dev.terse.lab.curve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.answers.AnswerCheck;
import dev.terse.answers.Grade;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.traces.segment.Trace;
import dev.terse.trainer.eval.EvalRecord.Status;
import java.util.Locale;

/**
 * What the model answered after what was left of a chain.
 *
 * @param status how the answer ended; one that was cut off is wrong
 * @param correct whether it ended and is right
 * @param thinkTokens what was left, marks with it
 * @param answerTokens what the model wrote, the end token with it
 * @param stated how often what was left states the final answer
 */
record CurveAnswer(Status status, boolean correct, int thinkTokens, int answerTokens, int stated) {

  /** The row of an answer: {@code points} names all ways of pruning that came to this prompt. */
  static ObjectNode row(
      Trace trace, PrunedPrompt prompt, Completion completion, AnswerCheck check, Tokenizer words) {
    String written = words.decode(completion.ids(), true);
    boolean ended = completion.finish() == FinishReason.STOP;
    Grade grade = check.check(trace.gold(), prompt.text() + written, written);
    Status status =
        !ended ? Status.TRUNCATED : grade.extracted().isEmpty() ? Status.NO_ANSWER : Status.OK;
    ObjectNode row = JsonNodeFactory.instance.objectNode().put("id", trace.id());
    ArrayNode points = row.putArray("points");
    prompt.points().forEach(point -> points.add(point.key()));
    return row.put("status", status.name().toLowerCase(Locale.ROOT))
        .put("correct", ended && grade.isEqual())
        .put("answer", grade.extracted())
        .put("gold", trace.gold())
        .put("tokens", prompt.thinkTokens() + completion.ids().length)
        .put("think_tokens", prompt.thinkTokens())
        .put("answer_tokens", completion.ids().length)
        .put("stated", prompt.stated())
        .put("thinking", prompt.text())
        .put("completion", written);
  }

  /** What {@link #row} has written. */
  static CurveAnswer of(JsonNode row) {
    return new CurveAnswer(
        Status.valueOf(row.path("status").asText().toUpperCase(Locale.ROOT)),
        row.path("correct").asBoolean(),
        row.path("think_tokens").asInt(),
        row.path("answer_tokens").asInt(),
        row.path("stated").asInt());
  }
}
