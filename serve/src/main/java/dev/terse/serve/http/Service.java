package dev.terse.serve.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.SeedTree;
import dev.terse.rollout.PromptScores;
import dev.terse.serve.api.ApiException;
import dev.terse.serve.api.Asked;
import dev.terse.serve.api.ChatReply;
import dev.terse.serve.api.ChatRequest;
import dev.terse.serve.api.Choice;
import dev.terse.serve.api.CompletionReply;
import dev.terse.serve.api.CompletionRequest;
import dev.terse.serve.api.Fields;
import dev.terse.serve.api.ReplyHead;
import dev.terse.serve.api.RequestLimits;
import dev.terse.serve.api.TokenJson;
import dev.terse.serve.model.Lease;
import dev.terse.serve.model.ModelWorker;
import dev.terse.serve.model.Models;
import dev.terse.serve.model.ServedModel;
import dev.terse.serve.text.ThinkingSplit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Completions and chats: what is asked goes to the worker, what comes back to the client. */
final class Service {
  private static final long LOOK_MILLIS = 100;

  private final ServerSettings settings;
  private final Models models;
  private final ModelWorker worker;
  private final RequestLimits limits;
  private final Capacity capacity;
  private final ServerMetrics metrics;
  private final String started = Long.toString(Instant.now().toEpochMilli(), 36);
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong unseeded = new AtomicLong();

  Service(ServerSettings settings, Models models, ModelWorker worker) {
    this.settings = settings;
    this.models = models;
    this.worker = worker;
    this.limits =
        new RequestLimits(
            settings.batch().maxNewTokens(),
            settings.maxLength(),
            settings.mostCompletions(),
            settings.batch().maxTokens());
    this.capacity = new Capacity(settings.mostCompletions());
    this.metrics = new ServerMetrics(worker, capacity);
  }

  ServerMetrics metrics() {
    return metrics;
  }

  RequestLimits limits() {
    return limits;
  }

  /**
   * The model that a request names.
   *
   * @throws ApiException 404 if there is none
   */
  Lease lease(Fields fields) {
    String name = fields.text("model");
    return models
        .lease(name)
        .orElseThrow(
            () ->
                new ApiException(
                    404,
                    "invalid_request_error",
                    "model",
                    "model_not_found",
                    "there is no model '"
                        + name
                        + "', but "
                        + String.join(
                            ", ", models.all().stream().map(ServedModel::name).toList())));
  }

  private ReplyHead head(String kind, ServedModel model) {
    return ReplyHead.of(
        kind + "-" + started + "-" + requests.incrementAndGet(),
        Instant.now().getEpochSecond(),
        model);
  }

  private long seed(Asked asked) {
    return asked.seed() != null
        ? asked.seed()
        : SeedTree.at(settings.seed(), "serve", unseeded.incrementAndGet());
  }

  void completions(Exchange exchange) throws InterruptedException {
    Fields fields = exchange.fields();
    try (Lease lease = lease(fields)) {
      ServedModel model = lease.model();
      CompletionRequest request = CompletionRequest.read(fields, model, limits);
      CompletionReply reply = new CompletionReply(head("cmpl", model), model, request);
      int choices = request.prompts().size() * request.asked().n();
      capacity.take(choices);
      try {
        List<int[]> prompts =
            request.prompts().stream().map(CompletionRequest.Prompt::ids).toList();
        metrics.prompts(prompts.stream().mapToLong(ids -> ids.length).sum());
        List<PromptScores> scores =
            request.echo() && request.logProbs() != null
                ? scores(exchange, model, prompts, request.logProbs())
                : List.of();
        complete(exchange, model, request, reply, prompts, scores);
      } finally {
        capacity.free(choices);
      }
    }
  }

  private void complete(
      Exchange exchange,
      ServedModel model,
      CompletionRequest request,
      CompletionReply reply,
      List<int[]> prompts,
      List<PromptScores> scores)
      throws InterruptedException {
    Asked asked = request.asked();
    Echo echo = new Echo(request, scores);
    if (request.maxTokens() == 0) {
      if (asked.stream()) {
        exchange.startEvents();
      }
      ObjectNode json = reply.start();
      for (int i = 0; i < prompts.size() * asked.n(); i++) {
        json = asked.stream() ? reply.start() : json;
        reply.add(json, i, echo.text(i), echo.tokens(i), "length");
        reply.addPromptIds(json, i);
        if (asked.stream()) {
          exchange.event(json);
        }
      }
      end(exchange, asked, json, reply.start(), reply.usage(List.of()));
      return;
    }
    int top = request.logProbs() == null ? 0 : request.logProbs();
    try (Generation generation =
        new Generation(
            worker, metrics, model, asked, prompts, request.maxTokens(), top, seed(asked))) {
      List<Choice> choices = generation.choices();
      ObjectNode json = reply.start();
      if (asked.stream()) {
        exchange.startEvents();
        boolean[] begun = new boolean[choices.size()];
        while (!choices.stream().allMatch(Choice::isOver)) {
          generation.await(exchange);
          for (int i = 0; i < choices.size(); i++) {
            Choice.Delta fresh = choices.get(i).next();
            if (fresh.isEmpty() && fresh.tokens().isEmpty()) {
              continue;
            }
            ObjectNode piece = reply.start();
            if (begun[i]) {
              reply.add(piece, i, fresh.text(), fresh.tokens(), fresh.finish());
            } else {
              reply.add(piece, i, echo.text(i) + fresh.text(), echo.with(i, fresh), fresh.finish());
              reply.addPromptIds(piece, i);
              begun[i] = true;
            }
            exchange.event(piece);
          }
        }
      } else {
        generation.awaitEnds(exchange);
        for (int i = 0; i < choices.size(); i++) {
          Choice.Delta all = choices.get(i).next();
          reply.add(json, i, echo.text(i) + all.text(), echo.with(i, all), all.finish());
          reply.addPromptIds(json, i);
        }
      }
      end(exchange, asked, json, reply.start(), reply.usage(choices));
    }
  }

  /** The whole reply, or the end of its pieces. */
  private static void end(
      Exchange exchange, Asked asked, ObjectNode whole, ObjectNode last, ObjectNode usage) {
    if (!asked.stream()) {
      whole.set("usage", usage);
      exchange.json(whole);
      return;
    }
    if (asked.streamUsage()) {
      last.set("usage", usage);
      exchange.event(last);
    }
    exchange.endEvents();
  }

  /** What a reply repeats of its prompts. */
  private record Echo(CompletionRequest request, List<PromptScores> scores) {
    String text(int choice) {
      return request.echo() ? prompt(choice).text() : "";
    }

    List<TokenJson.Told> tokens(int choice) {
      return request.echo()
          ? CompletionReply.echoed(
              prompt(choice).ids(),
              scores.isEmpty() ? null : scores.get(choice / request.asked().n()))
          : List.of();
    }

    List<TokenJson.Told> with(int choice, Choice.Delta fresh) {
      List<TokenJson.Told> all = new ArrayList<>(tokens(choice));
      all.addAll(fresh.tokens());
      return all;
    }

    private CompletionRequest.Prompt prompt(int choice) {
      return request.prompts().get(choice / request.asked().n());
    }
  }

  /** Scores prompts, as many in a pass as are read between two steps. */
  private List<PromptScores> scores(
      Exchange exchange, ServedModel model, List<int[]> prompts, int top)
      throws InterruptedException {
    List<PromptScores> all = new ArrayList<>();
    int from = 0;
    while (from < prompts.size()) {
      int to = from + 1;
      int tokens = prompts.get(from).length;
      while (to < prompts.size()
          && tokens + prompts.get(to).length <= settings.batch().maxPrefill()) {
        tokens += prompts.get(to++).length;
      }
      all.addAll(await(exchange, worker.score(model, prompts.subList(from, to), top)));
      from = to;
    }
    return all;
  }

  /** The result of a pass; the pass is cancelled if its client goes. */
  private <T> T await(Exchange exchange, CompletableFuture<T> result) throws InterruptedException {
    try {
      while (true) {
        try {
          return result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          exchange.requireClient();
          if (!worker.isRunning()) {
            throw Generation.stopping();
          }
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException runtime
          ? runtime
          : new IllegalStateException(e.getCause());
    } finally {
      result.cancel(false);
    }
  }

  void chat(Exchange exchange) throws InterruptedException {
    Fields fields = exchange.fields();
    try (Lease lease = lease(fields)) {
      ServedModel model = lease.model();
      ChatRequest request = ChatRequest.read(fields, model, limits);
      Asked asked = request.asked();
      ChatReply reply = new ChatReply(head("chatcmpl", model), model, request);
      int top = request.topLogProbs() == null ? 0 : request.topLogProbs();
      capacity.take(asked.n());
      try (Generation generation =
          new Generation(
              worker,
              metrics,
              model,
              asked,
              List.of(request.prompt()),
              request.maxTokens(),
              top,
              seed(asked))) {
        metrics.prompts(request.prompt().length);
        List<Choice> choices = generation.choices();
        ObjectNode json = reply.start();
        if (asked.stream()) {
          chatPieces(exchange, request, reply, generation);
        } else {
          generation.awaitEnds(exchange);
          for (int i = 0; i < choices.size(); i++) {
            reply.addWhole(json, i, choices.get(i).next());
          }
        }
        end(exchange, asked, json, reply.startPiece(), reply.usage(choices));
      } finally {
        capacity.free(asked.n());
      }
    }
  }

  private static void chatPieces(
      Exchange exchange, ChatRequest request, ChatReply reply, Generation generation)
      throws InterruptedException {
    List<Choice> choices = generation.choices();
    exchange.startEvents();
    List<ThinkingSplit> splits = new ArrayList<>();
    for (int i = 0; i < choices.size(); i++) {
      splits.add(new ThinkingSplit(request.thinks()));
      exchange.event(reply.first(i));
    }
    while (!choices.stream().allMatch(Choice::isOver)) {
      generation.await(exchange);
      for (int i = 0; i < choices.size(); i++) {
        Choice.Delta fresh = choices.get(i).next();
        if (!fresh.isEmpty() || !fresh.tokens().isEmpty()) {
          ThinkingSplit.Piece texts = splits.get(i).add(fresh.text(), fresh.finish() != null);
          exchange.event(reply.piece(i, texts, fresh));
        }
      }
    }
  }
}
