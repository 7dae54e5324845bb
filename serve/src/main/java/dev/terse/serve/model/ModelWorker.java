package dev.terse.serve.model;

import dev.terse.model.transformer.Decoder;
import dev.terse.rollout.ContinuousBatch;
import dev.terse.rollout.PromptScores;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that computes. It takes turns: what has come in joins its model's batch; each
 * batch draws one token of all that is in it; one pass over given text, if one waits.
 */
public final class ModelWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelWorker.class);
  private static final long IDLE_MILLIS = 500; // so that models which nobody holds are closed

  private final ContinuousBatch.Limits limits;
  private final Map<ServedModel, ContinuousBatch> batches = new LinkedHashMap<>(); // worker's own
  private final Thread thread = new Thread(this::run, "model");

  private final Object lock = new Object();
  private final Deque<Runnable> joining = new ArrayDeque<>();
  private final Deque<Pass<?>> passes = new ArrayDeque<>();
  private boolean stopped;

  private volatile int live;
  private volatile int waiting;

  /** Starts the thread. */
  public ModelWorker(ContinuousBatch.Limits limits) {
    this.limits = limits;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Something that is computed between two steps.
   *
   * @param model whose decoder computes; null where none is needed
   */
  private record Pass<T>(
      ServedModel model, Function<Decoder, T> work, CompletableFuture<T> result) {
    void run() {
      if (result.isDone()) {
        return; // cancelled
      }
      try {
        result.complete(work.apply(model == null ? null : model.decoder()));
      } catch (RuntimeException | OutOfMemoryError e) {
        result.completeExceptionally(e);
      }
    }
  }

  /** Completions of an open model; they decode when their turn comes. */
  public void submit(ServedModel model, List<ContinuousBatch.Request> requests) {
    synchronized (lock) {
      requireRunning();
      joining.add(() -> requests.forEach(batches.get(model)::add));
      lock.notifyAll();
    }
  }

  /** Scores given texts in one pass; cancel the future if nobody waits for it any more. */
  public CompletableFuture<List<PromptScores>> score(
      ServedModel model, List<int[]> prompts, int topTokens) {
    return pass(model, decoder -> PromptScores.of(decoder, prompts, topTokens));
  }

  /** Computes something with the decoder between two steps. */
  public <T> CompletableFuture<T> pass(ServedModel model, Function<Decoder, T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    synchronized (lock) {
      requireRunning();
      passes.add(new Pass<>(model, work, result));
      lock.notifyAll();
    }
    return result;
  }

  /**
   * Does something on the worker's thread and waits for it.
   *
   * @throws RuntimeException what it threw
   */
  <T> T call(Supplier<T> work) {
    try {
      return pass(null, none -> work.get()).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException runtime
          ? runtime
          : new IllegalStateException(e.getCause());
    }
  }

  private void requireRunning() {
    if (stopped) {
      throw new CancellationException("the server stops");
    }
  }

  /** Whether it computes; if not, what is in flight will never end. */
  public boolean isRunning() {
    return thread.isAlive();
  }

  /** Completions that decode now. */
  public int live() {
    return live;
  }

  /** Completions that wait for a slot. */
  public int waiting() {
    return waiting;
  }

  private void run() {
    try {
      while (true) {
        Pass<?> pass;
        List<Runnable> joined;
        synchronized (lock) {
          if (stopped) {
            break;
          }
          joined = new ArrayList<>(joining);
          joining.clear();
          pass = passes.poll();
        }
        joined.forEach(Runnable::run);
        if (pass != null) {
          pass.run();
        }
        boolean busy = step();
        closeUnused();
        if (!busy) {
          rest();
        }
      }
    } catch (RuntimeException | Error e) {
      LOG.error("the model's thread ends", e);
    } finally {
      end();
    }
  }

  private boolean step() {
    boolean busy = false;
    int decoding = 0;
    int queued = 0;
    for (ContinuousBatch batch : batches.values()) {
      busy |= batch.step();
      decoding += batch.live();
      queued += batch.waiting();
    }
    live = decoding;
    waiting = queued;
    return busy;
  }

  /** A model that was replaced goes when the last request has let it go. */
  private void closeUnused() {
    for (Iterator<Map.Entry<ServedModel, ContinuousBatch>> all = batches.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<ServedModel, ContinuousBatch> each = all.next();
      if (each.getKey().isUnused()) {
        each.getValue().close();
        each.getKey().close();
        all.remove();
      }
    }
  }

  private void rest() {
    synchronized (lock) {
      if (!stopped && joining.isEmpty() && passes.isEmpty()) {
        try {
          lock.wait(IDLE_MILLIS);
        } catch (InterruptedException e) {
          stopped = true;
        }
      }
    }
  }

  private void end() {
    synchronized (lock) {
      stopped = true;
      passes.forEach(pass -> pass.result().cancel(false));
    }
    batches.values().forEach(ContinuousBatch::close);
    batches.keySet().forEach(ServedModel::close);
  }

  /** A model is served from now on. */
  public void open(ServedModel model) {
    synchronized (lock) {
      requireRunning();
      joining.add(() -> batches.put(model, new ContinuousBatch(model.decoder(), limits)));
      lock.notifyAll();
    }
  }

  /** Ends the thread and closes the models; what is in flight is left. */
  @Override
  public void close() {
    synchronized (lock) {
      stopped = true;
      lock.notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
