package dev.terse.serve.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.rollout.TopTokens;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tokens with their log-probabilities, in the two shapes that OpenAI has for them. A token of only
 * a part of a character is called {@code token_id:N}, as in vLLM.
 */
public final class TokenJson {
  /** JSON has no minus infinity; vLLM's number for it. */
  private static final double NEVER = -9999;

  private TokenJson() {}

  /**
   * A token of a reply.
   *
   * @param logProb ln p; null where nothing stands before it
   * @param top the likeliest tokens in its place; null where nothing stands before it
   */
  public record Told(int id, Float logProb, TopTokens top) {}

  /** {@code {tokens, token_logprobs, top_logprobs, text_offset}} of {@code /v1/completions}. */
  static ObjectNode lists(Tokenizer tokenizer, List<Told> tokens, int top, int textOffset) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode names = json.putArray("tokens");
    ArrayNode logProbs = json.putArray("token_logprobs");
    ArrayNode alternatives = top > 0 ? json.putArray("top_logprobs") : null;
    ArrayNode offsets = json.putArray("text_offset");
    if (alternatives == null) {
      json.putNull("top_logprobs");
    }
    int offset = textOffset;
    for (Told token : tokens) {
      names.add(name(tokenizer, token.id()));
      offsets.add(offset);
      offset += tokenizer.decode(token.id()).length();
      if (token.logProb() == null) {
        logProbs.addNull();
        if (alternatives != null) {
          alternatives.addNull();
        }
        continue;
      }
      logProbs.add(number(token.logProb()));
      if (alternatives != null) {
        ObjectNode likeliest = alternatives.addObject();
        for (int i = 0; i < token.top().ids().length; i++) {
          put(likeliest, tokenizer, token.top().ids()[i], token.top().logProbs()[i]);
        }
        put(likeliest, tokenizer, token.id(), token.logProb());
      }
    }
    return json;
  }

  /** The chosen token always stands among the likeliest, with the same number. */
  private static void put(ObjectNode likeliest, Tokenizer tokenizer, int id, float logProb) {
    String name = name(tokenizer, id);
    boolean taken = likeliest.has(name) && likeliest.get(name).doubleValue() != number(logProb);
    likeliest.put(taken ? byNumber(id) : name, number(logProb));
  }

  /** {@code {content: [{token, logprob, bytes, top_logprobs}]}} of the chat. */
  static ObjectNode chat(Tokenizer tokenizer, List<Told> tokens) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode content = json.putArray("content");
    for (Told token : tokens) {
      ObjectNode one = content.addObject();
      fill(one, tokenizer, token.id(), token.logProb());
      ArrayNode top = one.putArray("top_logprobs");
      for (int i = 0; i < token.top().ids().length; i++) {
        fill(top.addObject(), tokenizer, token.top().ids()[i], token.top().logProbs()[i]);
      }
    }
    json.putNull("refusal");
    return json;
  }

  private static void fill(ObjectNode one, Tokenizer tokenizer, int id, float logProb) {
    String text = tokenizer.decode(id);
    one.put("token", name(tokenizer, id));
    one.put("logprob", number(logProb));
    if (isWhole(text)) {
      ArrayNode bytes = one.putArray("bytes");
      for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
        bytes.add(b & 0xff);
      }
    } else {
      one.putNull("bytes");
    }
  }

  private static double number(float logProb) {
    return Float.isInfinite(logProb) ? NEVER : logProb;
  }

  /** What a token is called: its text, or its id where that is only a part of a character. */
  public static String name(Tokenizer tokenizer, int id) {
    String text = tokenizer.decode(id);
    return isWhole(text) ? text : byNumber(id);
  }

  private static boolean isWhole(String text) {
    return text.indexOf('\uFFFD') < 0;
  }

  private static String byNumber(int id) {
    return "token_id:" + id;
  }
}
