package dev.terse.serve.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.rollout.PromptScores;
import dev.terse.serve.model.ServedModel;
import java.util.ArrayList;
import java.util.List;

/** Replies of {@code /v1/completions}. */
public final class CompletionReply {
  private final ReplyHead head;
  private final ServedModel model;
  private final CompletionRequest request;
  private final int[] offsets; // characters that were told of each choice

  public CompletionReply(ReplyHead head, ServedModel model, CompletionRequest request) {
    this.head = head;
    this.model = model;
    this.request = request;
    this.offsets = new int[request.prompts().size() * request.asked().n()];
  }

  /** A whole reply; {@link #add} its choices. */
  public ObjectNode start() {
    ObjectNode json = head.json("text_completion");
    json.putArray("choices");
    return json;
  }

  /**
   * Adds what is new of a choice.
   *
   * @param text characters
   * @param tokens tokens
   * @param finish null while it goes on
   */
  public void add(
      ObjectNode json, int index, String text, List<TokenJson.Told> tokens, String finish) {
    ObjectNode choice = ((ArrayNode) json.get("choices")).addObject();
    choice.put("index", index).put("text", text);
    if (request.logProbs() == null) {
      choice.putNull("logprobs");
    } else {
      choice.set(
          "logprobs",
          TokenJson.lists(model.tokenizer(), tokens, request.logProbs(), offsets[index]));
    }
    for (TokenJson.Told token : tokens) {
      offsets[index] += model.tokenizer().decode(token.id()).length();
    }
    choice.put("finish_reason", finish);
    if (request.asked().returnTokenIds()) {
      ReplyHead.ids(choice, "token_ids", tokens);
    }
  }

  /** The choice's prompt, where ids are told. */
  public void addPromptIds(ObjectNode json, int index) {
    if (request.asked().returnTokenIds()) {
      ObjectNode choice = (ObjectNode) json.get("choices").get(json.get("choices").size() - 1);
      ArrayNode ids = choice.putArray("prompt_token_ids");
      for (int id : prompt(index).ids()) {
        ids.add(id);
      }
    }
  }

  /** The prompt of a choice. */
  public CompletionRequest.Prompt prompt(int index) {
    return request.prompts().get(index / request.asked().n());
  }

  /** Counts tokens; prompts once. */
  public ObjectNode usage(List<Choice> choices) {
    int prompt = request.prompts().stream().mapToInt(one -> one.ids().length).sum();
    return ReplyHead.usage(prompt, choices.stream().mapToInt(Choice::tokens).sum());
  }

  /** The tokens of a prompt, as they are told where the reply repeats it. */
  public static List<TokenJson.Told> echoed(int[] prompt, PromptScores scores) {
    List<TokenJson.Told> told = new ArrayList<>();
    for (int t = 0; t < prompt.length; t++) {
      told.add(
          t == 0 || scores == null
              ? new TokenJson.Told(prompt[t], null, null)
              : new TokenJson.Told(prompt[t], scores.logProbs()[t - 1], scores.top().get(t - 1)));
    }
    return told;
  }
}
