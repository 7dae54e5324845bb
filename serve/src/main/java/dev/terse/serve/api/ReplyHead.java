package dev.terse.serve.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.serve.model.ServedModel;
import java.util.List;

/**
 * What stands in all replies to a request.
 *
 * @param id of the request
 * @param created seconds since 1970
 * @param model its name
 * @param weightsVersion of the weights that drew this
 */
public record ReplyHead(String id, long created, String model, int weightsVersion) {

  /** The head of a reply by a model. */
  public static ReplyHead of(String id, long created, ServedModel model) {
    return new ReplyHead(id, created, model.name(), model.version());
  }

  ObjectNode json(String object) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", model)
        .put("system_fingerprint", "weights-" + weightsVersion)
        .put("weights_version", weightsVersion);
  }

  static ObjectNode usage(int prompt, int completion) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("prompt_tokens", prompt)
        .put("completion_tokens", completion)
        .put("total_tokens", prompt + completion);
  }

  static void ids(ObjectNode choice, String name, List<TokenJson.Told> tokens) {
    ArrayNode ids = choice.putArray(name);
    tokens.forEach(token -> ids.add(token.id()));
  }
}
