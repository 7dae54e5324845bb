package dev.terse.rollout;

import dev.terse.model.transformer.Decoder;
import dev.terse.model.transformer.Decoding;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Completions of requests that come and go, decoded together: each step draws one token of every
 * live one, and what waits takes the slots of what has ended. Requests with the same prompt that
 * wait together read it once. A completion is a function of its own request alone, whatever is
 * decoded beside it, where the engine's logits do not depend on a row's company.
 *
 * <p>Requests are admitted in the order in which they came, as long as the tokens that all live
 * ones may grow to fit into {@code maxTokens}. For one thread.
 */
public final class ContinuousBatch implements AutoCloseable {

  /**
   * A completion that is asked for.
   *
   * @param prompt token ids, at least one; not copied
   * @param sampling how it is drawn; its tokens and the prompt's are at most the limits of the
   *     batch
   * @param stop what ends it
   * @param seed of the completion ({@link Rollouts#seed})
   * @param topTokens how many of the likeliest tokens are told beside each drawn one
   * @param listener hears of it
   */
  public record Request(
      int[] prompt,
      SamplingParams sampling,
      StopRule stop,
      long seed,
      int topTokens,
      Listener listener) {

    /** Tokens that it may grow to, those of the prompt included. */
    public int mostTokens() {
      return prompt.length + sampling.maxNewTokens();
    }
  }

  /** Hears of one completion, on the thread that steps; must not block. */
  public interface Listener {
    /** Whether somebody still waits for it; a completion that nobody wants loses its slot. */
    boolean wanted();

    /** A token was drawn. */
    void drawn(int id, float logProb, TopTokens top);

    /** The last token has been drawn. */
    void ended(FinishReason why);

    /** It cannot go on. */
    void failed(RuntimeException why);
  }

  /**
   * What the batch may hold.
   *
   * @param maxLive sequences decoded together
   * @param maxNewTokens most tokens of a completion
   * @param maxTokens most tokens that all live sequences together may grow to, prompts included
   * @param maxPrefill tokens of prompts read between two steps; a longer prompt is read alone
   */
  public record Limits(int maxLive, int maxNewTokens, long maxTokens, int maxPrefill) {}

  private final Decoder decoder;
  private final Limits limits;
  private final Sampler sampler;
  private final Waiting waiting = new Waiting();
  private Decoding decoding; // null until something is asked for, and after a failure
  private Slots<Asked> slots;

  /**
   * @param decoder not owned
   */
  public ContinuousBatch(Decoder decoder, Limits limits) {
    this.decoder = decoder;
    this.limits = limits;
    this.sampler = new Sampler(decoder.engine());
  }

  /**
   * Puts a request behind the others.
   *
   * @throws IllegalArgumentException if it is beyond the limits of the batch or of the model
   */
  public void add(Request request) {
    int most = request.mostTokens();
    if (request.prompt().length == 0
        || request.sampling().maxNewTokens() > limits.maxNewTokens()
        || most > limits.maxTokens()
        || most > decoder.config().maxPositions()) {
      throw new IllegalArgumentException(
          "expected a prompt and new tokens within "
              + limits
              + " and "
              + decoder.config().maxPositions()
              + " positions, found "
              + request.prompt().length
              + " and "
              + request.sampling().maxNewTokens());
    }
    waiting.requests.add(request);
  }

  /** Requests that decode now. */
  public int live() {
    return slots == null ? 0 : slots.live().size();
  }

  /** Requests that wait for a slot. */
  public int waiting() {
    return waiting.requests.size();
  }

  /**
   * Draws one token of each live request, or the first ones of those that now join. A failure is
   * told to all live requests, which end with it; what waits is not touched by it.
   *
   * @return whether there was anything to do
   */
  public boolean step() {
    waiting.dropUnwanted();
    if (waiting.requests.isEmpty() && live() == 0) {
      return false;
    }
    try {
      open();
      slots.live().forEach(Asked::dropUnwanted);
      slots.dropFinished();
      waiting.startFilling();
      if (!slots.allFinished()) {
        draw();
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      RuntimeException told =
          e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
      List<Asked> lost = new ArrayList<>(slots == null ? List.of() : slots.live());
      close();
      lost.forEach(sequence -> sequence.request.listener().failed(told));
    }
    return true;
  }

  private void open() {
    if (decoding == null) {
      decoding = decoder.decode(limits.maxNewTokens());
      slots = new Slots<>(decoding, limits.maxLive(), waiting);
    }
  }

  private void draw() {
    List<Asked> next = slots.advance();
    Sampler.Draw[] draws = sampler.draw(decoding.logits(), next);
    for (int i = 0; i < draws.length; i++) {
      next.get(i).add(draws[i]);
    }
    slots.dropFinished();
  }

  /** Frees the memory of the live sequences, without a word to them. */
  @Override
  public void close() {
    if (decoding != null) {
      decoding.close();
      decoding = null;
      slots = null;
    }
  }

  /** The sequence of a request. */
  private static final class Asked extends Sequence {
    private final Request request;
    private boolean dropped;

    Asked(Request request, Prompt prompt) {
      super(prompt, request.sampling(), request.stop(), request.seed());
      this.request = request;
    }

    @Override
    public int topTokens() {
      return request.topTokens();
    }

    @Override
    void add(Sampler.Draw draw) {
      super.add(draw);
      request.listener().drawn(draw.id(), draw.logProb(), draw.top());
      if (finish() != null) {
        request.listener().ended(finish());
      }
    }

    /** Asks once a step, so that all of the step sees the same. */
    void dropUnwanted() {
      dropped = !request.listener().wanted();
    }

    @Override
    boolean finished() {
      return super.finished() || dropped;
    }
  }

  /**
   * Hands out what fits: the first in the queue, then those with its prompt, then the next. What
   * waits first always goes first, so nothing waits forever.
   */
  private final class Waiting implements Iterator<Asked> {
    private final Deque<Request> requests = new ArrayDeque<>();
    private Prompt last; // of the request that was handed out last
    private long tokens; // that the live requests may grow to
    private int read; // tokens of prompts in this filling

    void dropUnwanted() {
      requests.removeIf(request -> !request.listener().wanted());
    }

    void startFilling() {
      tokens = slots.live().stream().mapToLong(s -> s.request.mostTokens()).sum();
      read = 0;
    }

    @Override
    public boolean hasNext() {
      return next(false) != null;
    }

    @Override
    public Asked next() {
      Request request = next(true);
      if (request == null) {
        throw new NoSuchElementException();
      }
      if (!continues(request)) {
        last = new Prompt(0, request.prompt());
        read += request.prompt().length;
      }
      tokens += request.mostTokens();
      return new Asked(request, last);
    }

    /** The request whose turn it is, if it fits; null for none. */
    private Request next(boolean take) {
      Request first = read == 0 ? requests.peekFirst() : sharing();
      if (first == null || tokens > 0 && tokens + first.mostTokens() > limits.maxTokens()) {
        return null;
      }
      if (!continues(first) && read > 0 && read + first.prompt().length > limits.maxPrefill()) {
        return null;
      }
      if (take) {
        requests.removeFirstOccurrence(first);
      }
      return first;
    }

    private Request sharing() {
      return requests.stream().filter(this::continues).findFirst().orElse(requests.peekFirst());
    }

    private boolean continues(Request request) {
      return last != null && Arrays.equals(last.ids(), request.prompt());
    }
  }
}
