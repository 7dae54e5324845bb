package dev.terse.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tokenizers of our own small models against {@code vectors.json}, whose ids come from a second
 * implementation (src/test/python/make_tokenizer_vectors.py). Needs no shared data.
 */
class OwnTokenizersTest {
  private static final Map<String, Tokenizer> LOADED = new ConcurrentHashMap<>();
  private static final int END = 804;

  @AfterAll
  static void close() {
    LOADED.values().forEach(Tokenizer::close);
    LOADED.clear();
  }

  private static Path folder(String name) {
    return SharedData.projectRoot().resolve("configs").resolve(name);
  }

  private static Tokenizer named(String name) {
    return LOADED.computeIfAbsent(name, n -> Tokenizer.load(folder(n)));
  }

  private static Tokenizer reasoner() {
    return named("tiny-reasoner");
  }

  /** One text or prompt of {@code vectors.json}. */
  record Vector(String tokenizer, JsonNode json) {
    int[] ids(String field) {
      return StreamSupport.stream(json.get(field).spliterator(), false)
          .mapToInt(JsonNode::intValue)
          .toArray();
    }

    String text() {
      return json.get("text").textValue();
    }

    @Override
    public String toString() {
      return tokenizer + " " + json.get("text");
    }
  }

  static Stream<Vector> texts() throws IOException {
    return vectors("texts");
  }

  static Stream<Vector> prompts() throws IOException {
    return vectors("prompts");
  }

  private static Stream<Vector> vectors(String kind) throws IOException {
    List<Vector> vectors = new ArrayList<>();
    try (InputStream in = OwnTokenizersTest.class.getResourceAsStream("/tokenizer/vectors.json")) {
      for (JsonNode block : new ObjectMapper().readTree(in)) {
        String tokenizer = block.get("tokenizer").textValue();
        block.get(kind).forEach(json -> vectors.add(new Vector(tokenizer, json)));
      }
    }
    return vectors.stream();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void encode_anyText_givesTheIdsOfTheSecondImplementation(Vector vector) {
    assertThat(named(vector.tokenizer()).encode(vector.text())).isEqualTo(vector.ids("ids"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void encodeData_anyText_hasNoControlTokenAndTheIdsOfTheSecondImplementation(Vector vector) {
    Tokenizer tokenizer = named(vector.tokenizer());
    int[] data = tokenizer.encodeData(vector.text());
    assertThat(data).isEqualTo(vector.ids("data"));
    assertThat(tokenizer.decode(data, true)).isEqualTo(vector.text());
    assertThat(tokenizer.holdsControlMark(vector.text()))
        .isEqualTo(!vector.json.get("ids").equals(vector.json.get("data")));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void decode_idsOfAnyText_giveItBackWithAndWithoutControlTokens(Vector vector) {
    Tokenizer tokenizer = named(vector.tokenizer());
    int[] ids = vector.ids("ids");
    assertThat(tokenizer.decode(ids, false)).isEqualTo(vector.text());
    assertThat(tokenizer.decode(ids, true))
        .isEqualTo(vector.json().get("withoutSpecial").textValue());
  }

  @ParameterizedTest
  @MethodSource("texts")
  void encodeWithOffsets_anyText_tilesItsCodePoints(Vector vector) {
    Tokenizer.Encoding encoding = named(vector.tokenizer()).encodeWithOffsets(vector.text());
    assertThat(encoding.ids()).isEqualTo(vector.ids("ids"));
    int reached = 0;
    for (int t = 0; t < encoding.ids().length; t++) {
      assertThat(encoding.starts()[t]).isLessThanOrEqualTo(reached);
      assertThat(encoding.ends()[t]).isGreaterThanOrEqualTo(reached);
      reached = encoding.ends()[t];
    }
    assertThat(reached).isEqualTo(vector.text().codePointCount(0, vector.text().length()));
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void prompt_ofTurns_hasTheTextOfJinjaAndItsIds(Vector vector) throws IOException {
    List<ChatTemplate.Message> turns = new ArrayList<>();
    for (JsonNode turn : vector.json().get("messages")) {
      turns.add(
          new ChatTemplate.Message(turn.get("role").textValue(), turn.get("content").textValue()));
    }
    ChatPrompt prompt = ChatPrompt.of(ChatTemplate.load(folder(vector.tokenizer())), turns);
    assertThat(prompt.text()).isEqualTo(vector.text());
    assertThat(prompt.ids(named(vector.tokenizer()))).isEqualTo(vector.ids("ids"));
  }

  @Test
  void withToken_newMark_isOneIdAfterTheLargestAndLeavesTheOthers() throws IOException {
    Tokenizer before = reasoner();
    try (Tokenizer with = before.withToken("[HINT]")) {
      int id = with.id("[HINT]").orElseThrow();
      assertThat(id).isEqualTo(before.size());
      assertThat(with.size()).isEqualTo(before.size() + 1);
      assertThat(with.encode("[HINT]")).containsExactly(id);
      assertThat(with.encodeData("[HINT][HINT]")).containsExactly(id, id);
      assertThat(with.decode(with.encode("a [HINT]\n\nb"), true)).isEqualTo("a [HINT]\n\nb");
      assertThat(with.withToken("[HINT]")).isSameAs(with);
      assertThat(before.encode("[HINT]").length).isGreaterThan(1);
      for (Vector vector : (Iterable<Vector>) texts()::iterator) {
        assertThat(with.encode(vector.text())).isEqualTo(before.encode(vector.text()));
      }
    }
    assertThat(before.withToken("[SKIP]")).isSameAs(before);
  }

  @Test
  void withToken_specialAlready_isRefused() {
    assertThatThrownBy(() -> reasoner().withToken("<|end|>"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'<|end|>' is a special token (id 804)")
        .hasMessageContaining("would be lost when completions are decoded");
  }

  @Test
  void save_withToken_loadsAgainAndListsItInBothFiles(@TempDir Path out) throws IOException {
    try (Tokenizer with = reasoner().withToken("[HINT]")) {
      with.save(out);
      int id = with.id("[HINT]").orElseThrow();
      try (Tokenizer again = Tokenizer.load(out)) {
        assertThat(again.encode("x[HINT]y")).isEqualTo(with.encode("x[HINT]y")).contains(id);
        assertThat(again.stopIds()).containsExactly(END);
      }
      JsonNode config = new ObjectMapper().readTree(out.resolve("tokenizer_config.json").toFile());
      JsonNode entry = config.path("added_tokens_decoder").path(Integer.toString(id));
      assertThat(entry.path("content").asText()).isEqualTo("[HINT]");
      assertThat(entry.path("special").asBoolean(true)).isFalse();
    }
  }

  @Test
  void save_nothingAdded_keepsTheFilesByteForByte(@TempDir Path out) {
    reasoner().save(out);
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      assertThat(out.resolve(name)).hasSameBinaryContentAs(folder("tiny-reasoner").resolve(name));
    }
  }

  @Test
  void stopIds_generationConfigNamesMore_unites(@TempDir Path out) throws IOException {
    reasoner().save(out);
    Files.writeString(out.resolve("generation_config.json"), "{\"eos_token_id\": [7, 804]}");
    Files.writeString(out.resolve("config.json"), "{\"eos_token_id\": 9}");
    try (Tokenizer tokenizer = Tokenizer.load(out)) {
      assertThat(tokenizer.stopIds()).containsExactly(END, 7);
    }
    Files.delete(out.resolve("generation_config.json"));
    try (Tokenizer tokenizer = Tokenizer.load(out)) {
      assertThat(tokenizer.stopIds()).containsExactly(END, 9);
    }
  }

  @Test
  void encodeData_manyThreads_givesTheSameIds() throws IOException {
    List<Vector> vectors = texts().toList();
    List<int[]> expected =
        vectors.stream().map(v -> named(v.tokenizer()).encodeData(v.text())).toList();
    List<Integer> turns = IntStream.range(0, 40 * vectors.size()).boxed().toList();
    List<int[]> found =
        turns.parallelStream()
            .map(i -> vectors.get(i % vectors.size()))
            .map(v -> named(v.tokenizer()).encodeData(v.text()))
            .toList();
    for (int i : turns) {
      assertThat(found.get(i)).isEqualTo(expected.get(i % vectors.size()));
    }
  }

  @Test
  void encode_halfSurrogatePair_isRefused() {
    assertThatThrownBy(() -> reasoner().encode("ab\uD83D"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the text is not valid Unicode: half a surrogate pair (U+D83D) at character 2");
  }

  @Test
  void load_folderWithoutTokenizer_saysSo(@TempDir Path empty) {
    assertThatThrownBy(() -> Tokenizer.load(empty))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no tokenizer.json");
  }

  @Test
  void load_brokenJson_saysFileAndLine(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), "{\n\"model\": {,}");
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tokenizer.json is not JSON")
        .hasMessageContaining("line 2");
  }

  @Test
  void load_unknownModelKind_saysSo(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        "{\"model\":{\"type\":\"Nonsense\",\"vocab\":{\"a\":0}}}");
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not one that Hugging Face tokenizers");
  }
}
