package dev.terse.serve.api;

import dev.terse.rollout.FinishReason;
import dev.terse.serve.model.Draft;
import dev.terse.serve.model.ServedModel;
import dev.terse.serve.text.TextStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A completion of a request, as far as it has been told. */
public final class Choice {
  private final Draft draft;
  private final ServedModel model;
  private final Asked asked;
  private final TextStream stream;
  private int told; // tokens
  private boolean over;

  public Choice(Draft draft, ServedModel model, Asked asked) {
    this.draft = draft;
    this.model = model;
    this.asked = asked;
    this.stream = new TextStream(model.tokenizer(), asked.stops());
  }

  /**
   * What is new.
   *
   * @param text new characters, without half ones and stop texts
   * @param tokens new tokens, those that end the completion included
   * @param finish why it ended: stop or length; null while it goes on
   */
  public record Delta(String text, List<TokenJson.Told> tokens, String finish) {
    /** Whether there is nothing to tell. */
    public boolean isEmpty() {
      return text.isEmpty() && finish == null;
    }
  }

  /** What has come since the last call; nothing after the end was told. */
  public Delta next() {
    if (over) {
      return new Delta("", List.of(), null);
    }
    Draft.State state = draft.state();
    int length = state.ids().length;
    boolean ended = state.finish() != null;
    int visible = length > 0 && asked.isStop(model, state.ids()[length - 1]) ? length - 1 : length;
    String text = stream.upTo(Arrays.copyOf(state.ids(), visible), ended);
    over = ended || stream.stopped();
    if (over && !ended) {
      draft.cancel();
    }
    List<TokenJson.Told> tokens = new ArrayList<>();
    for (; told < length; told++) {
      tokens.add(
          new TokenJson.Told(state.ids()[told], state.logProbs()[told], state.top().get(told)));
    }
    return new Delta(text, tokens, over ? reason(state.finish()) : null);
  }

  private String reason(FinishReason finish) {
    return stream.stopped() || finish == FinishReason.STOP ? "stop" : "length";
  }

  /** Tokens that were told. */
  public int tokens() {
    return told;
  }

  /** Whether its end was told. */
  public boolean isOver() {
    return over;
  }
}
