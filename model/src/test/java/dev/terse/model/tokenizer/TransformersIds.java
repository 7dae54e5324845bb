package dev.terse.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.chat.Conversation;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;

/**
 * Token ids by transformers' AutoTokenizer, by the tokenizer's name
 * (src/test/python/make_transformers_ids.py).
 */
public final class TransformersIds {
  private static final JsonNode ALL = read();

  private TransformersIds() {}

  private static JsonNode read() {
    try (InputStream in =
        new GZIPInputStream(
            TransformersIds.class.getResourceAsStream("/tokenizer/transformers-ids.json.gz"))) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** All texts, alone and with what the tokenizer puts around them, and all conversations. */
  public static void assertEqual(
      String name, Tokenizer tokenizer, Optional<ChatTemplate> template) {
    JsonNode golden = ALL.get("tokenizers").get(name);
    JsonNode texts = ALL.get("texts");
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).asText();
      assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids(golden.get("plain").get(i)));
      assertThat(tokenizer.encodeWithSpecial(text))
          .as(text)
          .isEqualTo(ids(golden.get("special").get(i)));
    }
    JsonNode chats = golden.get("chats");
    assertThat(chats.size() > 0).isEqualTo(template.isPresent());
    for (int i = 0; i < chats.size(); i++) {
      Conversation chat = chat(ALL.get("chats").get(i / 2));
      ChatPrompt prompt =
          i % 2 == 1
              ? ChatPrompt.of(template.orElseThrow(), chat)
              : ChatPrompt.whole(template.orElseThrow(), chat);
      assertThat(prompt.ids(tokenizer)).as("chat %d", i).isEqualTo(ids(chats.get(i)));
    }
  }

  private static Conversation chat(JsonNode messages) {
    List<Message> turns = new ArrayList<>();
    messages.forEach(
        m -> turns.add(new Message(m.get("role").asText(), m.get("content").asText())));
    return Conversation.of(turns);
  }

  private static int[] ids(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
