package dev.terse.serve.http;

import dev.terse.engine.SeedTree;
import dev.terse.rollout.ContinuousBatch;
import dev.terse.rollout.Rollouts;
import dev.terse.serve.api.ApiException;
import dev.terse.serve.api.Asked;
import dev.terse.serve.api.Choice;
import dev.terse.serve.model.Drafts;
import dev.terse.serve.model.ModelWorker;
import dev.terse.serve.model.ServedModel;
import java.util.ArrayList;
import java.util.List;

/**
 * The completions of one request while they are drawn. Closing it gives their slots back, whether
 * they are done or not.
 */
final class Generation implements AutoCloseable {
  /** How long a hang-up may go unseen. */
  private static final long LOOK_MILLIS = 100;

  private final ModelWorker worker;
  private final ServerMetrics metrics;
  private final Drafts drafts;
  private final List<Choice> choices = new ArrayList<>();
  private long seen;

  /**
   * @param prompts token ids
   * @param maxNewTokens of each completion
   * @param seed of the request: completion s of prompt p is what {@code generate} draws with it
   */
  Generation(
      ModelWorker worker,
      ServerMetrics metrics,
      ServedModel model,
      Asked asked,
      List<int[]> prompts,
      int maxNewTokens,
      int topTokens,
      long seed) {
    this.worker = worker;
    this.metrics = metrics;
    this.drafts = new Drafts(prompts.size() * asked.n(), asked.stream());
    long generation = SeedTree.at(seed, "generate");
    List<ContinuousBatch.Request> requests = new ArrayList<>();
    for (int p = 0; p < prompts.size(); p++) {
      for (int s = 0; s < asked.n(); s++) {
        var draft = drafts.list().get(requests.size());
        choices.add(new Choice(draft, model, asked));
        requests.add(
            new ContinuousBatch.Request(
                prompts.get(p),
                asked.sampling(maxNewTokens),
                asked.stopRule(model),
                Rollouts.seed(generation, p, s),
                topTokens,
                draft));
      }
    }
    worker.submit(model, requests);
  }

  List<Choice> choices() {
    return choices;
  }

  /** Waits until there is more, or all of it where nothing is streamed. */
  void await(Exchange exchange) throws InterruptedException {
    seen = drafts.await(seen, LOOK_MILLIS);
    exchange.requireClient();
    if (!worker.isRunning()) {
      throw stopping();
    }
  }

  /** Waits for the ends of all. */
  void awaitEnds(Exchange exchange) throws InterruptedException {
    do {
      await(exchange);
    } while (!drafts.areOver());
  }

  static ApiException stopping() {
    return new ApiException(503, "server_error", null, "server_stops", "the server stops");
  }

  @Override
  public void close() {
    drafts.cancel();
    metrics.drawn(drafts.drawn());
    if (drafts.firstAfter() > 0) {
      metrics.firstToken(drafts.firstAfter());
    }
  }
}
