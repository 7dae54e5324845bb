package dev.terse.serve.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.tokenizer.TokenizerFiles;
import dev.terse.serve.api.ApiException;
import dev.terse.serve.api.ChatRequest;
import dev.terse.serve.api.Fields;
import dev.terse.serve.api.Texts;
import dev.terse.serve.api.TokenJson;
import dev.terse.serve.model.Lease;
import dev.terse.serve.model.ServedModel;

/** Texts to tokens and back, with vLLM's names; and what a client must know of the tokenizer. */
final class TokenizerEndpoints {
  private final Service service;

  TokenizerEndpoints(Service service) {
    this.service = service;
  }

  /** {@code POST /tokenize}: of a prompt, or of messages with the chat template. */
  void tokenize(Exchange exchange) {
    Fields fields = exchange.fields();
    try (Lease lease = service.lease(fields)) {
      ServedModel model = lease.model();
      boolean names = fields.bool("return_token_strs", false);
      boolean special = fields.bool("add_special_tokens", true);
      String prompt = fields.text("prompt");
      int[] ids;
      if (prompt != null) {
        ids = Texts.encode("prompt", model.tokenizer(), prompt, special);
      } else if (fields.get("messages") != null) {
        ids = ChatRequest.ids(ChatRequest.prompt(fields, model), model);
      } else {
        throw ApiException.invalid("prompt", "give prompt (a text) or messages, one of the two");
      }
      fields.requireAllRead();
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("count", ids.length).put("max_model_len", service.limits().length(model));
      ArrayNode tokens = json.putArray("tokens");
      for (int id : ids) {
        tokens.add(id);
      }
      if (names) {
        ArrayNode texts = json.putArray("token_strs");
        for (int id : ids) {
          texts.add(TokenJson.name(model.tokenizer(), id));
        }
      }
      json.put("weights_version", model.version());
      exchange.json(json);
    }
  }

  /** {@code POST /detokenize}. */
  void detokenize(Exchange exchange) {
    Fields fields = exchange.fields();
    try (Lease lease = service.lease(fields)) {
      ServedModel model = lease.model();
      int[] ids = fields.ids("tokens", model.vocabulary());
      fields.requireAllRead();
      if (ids == null) {
        throw ApiException.invalid("tokens", "tokens is missing");
      }
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("prompt", model.tokenizer().decode(ids)).put("weights_version", model.version());
      exchange.json(json);
    }
  }

  /** {@code GET /tokenizer_info}: tokenizer_config.json, its special tokens as texts. */
  void info(Exchange exchange) {
    try (Lease lease = service.lease(Fields.none())) {
      ServedModel model = lease.model();
      Tokenizer tokenizer = model.tokenizer();
      ObjectNode json = tokenizer.files().json(TokenizerFiles.CONFIG);
      json.fieldNames()
          .forEachRemaining(
              name -> {
                if (name.endsWith("_token") && json.get(name).isObject()) {
                  json.put(name, json.get(name).path("content").asText());
                }
              });
      if (model.template() != null) {
        json.put("chat_template", model.template().source());
      }
      json.put("vocab_size", model.vocabulary());
      json.put("model_max_length", service.limits().length(model));
      json.put("weights_version", model.version());
      exchange.json(json);
    }
  }
}
