package dev.terse.serve.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.serve.model.ServedModel;
import dev.terse.serve.text.ThinkingSplit;
import java.util.List;

/** Replies of {@code /v1/chat/completions}. */
public final class ChatReply {
  private final ReplyHead head;
  private final ServedModel model;
  private final ChatRequest request;

  public ChatReply(ReplyHead head, ServedModel model, ChatRequest request) {
    this.head = head;
    this.model = model;
    this.request = request;
  }

  /** A whole reply; {@link #addWhole} its choices. */
  public ObjectNode start() {
    ObjectNode json = head.json("chat.completion");
    json.putArray("choices");
    addPromptIds(json);
    return json;
  }

  /** A piece without a choice: what {@link #first} and {@link #piece} begin with, and the usage. */
  public ObjectNode startPiece() {
    ObjectNode json = head.json("chat.completion.chunk");
    json.putArray("choices");
    return json;
  }

  /** A choice that is whole. */
  public void addWhole(ObjectNode json, int index, Choice.Delta all) {
    ThinkingSplit.Piece texts = new ThinkingSplit(request.thinks()).add(all.text(), true);
    ObjectNode choice = choice(json, index);
    ObjectNode message = choice.putObject("message");
    message.put("role", "assistant").put("content", texts.content());
    if (!texts.reasoning().isEmpty()) {
      message.put("reasoning_content", texts.reasoning());
    }
    message.putNull("refusal");
    finish(choice, all.tokens(), all.finish());
  }

  /** The first piece of a choice, which says who speaks. */
  public ObjectNode first(int index) {
    ObjectNode json = startPiece();
    ObjectNode choice = choice(json, index);
    choice.putObject("delta").put("role", "assistant").put("content", "");
    choice.putNull("logprobs").putNull("finish_reason");
    if (index == 0) {
      addPromptIds(json);
    }
    return json;
  }

  /** A piece of a choice. */
  public ObjectNode piece(int index, ThinkingSplit.Piece texts, Choice.Delta fresh) {
    ObjectNode json = startPiece();
    ObjectNode choice = choice(json, index);
    ObjectNode delta = choice.putObject("delta");
    if (!texts.reasoning().isEmpty()) {
      delta.put("reasoning_content", texts.reasoning());
    }
    if (!texts.content().isEmpty()) {
      delta.put("content", texts.content());
    }
    finish(choice, fresh.tokens(), fresh.finish());
    return json;
  }

  private static ObjectNode choice(ObjectNode json, int index) {
    return ((ArrayNode) json.get("choices")).addObject().put("index", index);
  }

  private void finish(ObjectNode choice, List<TokenJson.Told> tokens, String finish) {
    if (request.topLogProbs() == null) {
      choice.putNull("logprobs");
    } else {
      choice.set("logprobs", TokenJson.chat(model.tokenizer(), tokens));
    }
    choice.put("finish_reason", finish);
    if (request.asked().returnTokenIds()) {
      ReplyHead.ids(choice, "token_ids", tokens);
    }
  }

  private void addPromptIds(ObjectNode json) {
    if (request.asked().returnTokenIds()) {
      ArrayNode ids = json.putArray("prompt_token_ids");
      for (int id : request.prompt()) {
        ids.add(id);
      }
    }
  }

  /** Counts tokens. */
  public ObjectNode usage(List<Choice> choices) {
    return ReplyHead.usage(
        request.prompt().length, choices.stream().mapToInt(Choice::tokens).sum());
  }
}
