package dev.terse.model.tokenizer;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.Quote;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Text to token ids and back, by the tokenizer.json of a Hugging Face folder (Rust tokenizers
 * through DJL, offline). Thread-safe. Adds no special tokens of its own accord.
 */
public final class Tokenizer implements AutoCloseable {
  private final TokenizerFiles files;
  private final Vocabulary vocabulary;
  private final List<Integer> stopIds;
  private final Set<Integer> controlIds = new HashSet<>();
  private final NativeTokenizer main;
  private NativeTokenizer plain; // made when data first holds a control mark

  private Tokenizer(TokenizerFiles given) {
    this.files = AddedTokens.completed(given);
    ObjectNode json = AddedTokens.withReadableMarks(files.json(TokenizerFiles.TOKENIZER));
    this.vocabulary = Vocabulary.of(json);
    this.stopIds = StopIds.of(files, vocabulary);
    for (Vocabulary.AddedToken token : vocabulary.added()) {
      if (token.isControl()) {
        controlIds.add(token.id());
      }
    }
    this.main = new NativeTokenizer(json);
  }

  /**
   * Loads {@code folder/tokenizer.json} and {@code tokenizer_config.json} beside it.
   *
   * @throws IllegalArgumentException if there is no tokenizer.json or it cannot be understood
   */
  public static Tokenizer load(Path folder) {
    return of(TokenizerFiles.read(folder));
  }

  /**
   * Loads the tokenizer that stands with an adapter; the ids that end a completion are its own and
   * those of the base model's files.
   *
   * @param base the base model's tokenizer; stays the caller's
   */
  public static Tokenizer loadBeside(Path folder, Tokenizer base) {
    return of(TokenizerFiles.read(folder).completedBy(base.files));
  }

  /** A tokenizer of files that need not stand in a folder. */
  public static Tokenizer of(TokenizerFiles files) {
    return new Tokenizer(files);
  }

  /**
   * Ids of {@code text}; special-token text inside it becomes those tokens (as in transformers).
   */
  public int[] encode(String text) {
    return toInts(main.encode(checked(text)).getIds());
  }

  /** {@link #encode} with the special tokens that the tokenizer puts around a text. */
  public int[] encodeWithSpecial(String text) {
    return toInts(main.encodeWithSpecial(checked(text)).getIds());
  }

  /**
   * Ids of text that is data, never control: the marks of control tokens inside it are encoded as
   * ordinary characters.
   *
   * <p>Control tokens are the special ones and those written between bars ({@code <|im_end|>},
   * {@code <｜User｜>}), whatever their flag. Other added tokens ({@code <think>}, {@code </think>},
   * {@code [SKIP]}) are still tokens. Text without a control mark gives the ids of {@link #encode};
   * text with one is encoded by the same model and merges as if the control tokens did not exist
   * (transformers: {@code split_special_tokens=True}), so blanks and merges around the mark fall as
   * in any other text.
   */
  public int[] encodeData(String text) {
    int[] ids = encode(text);
    return holdsControl(ids) ? encodeDataWithOffsets(text).ids() : ids;
  }

  /** {@link #encodeData} with the places of {@link #encodeWithOffsets}. */
  public Encoding encodeDataWithOffsets(String text) {
    Encoding encoding = encodeWithOffsets(text);
    if (!holdsControl(encoding.ids())) {
      return encoding;
    }
    encoding = encoding(plain(), text);
    if (holdsControl(encoding.ids())) {
      throw new IllegalArgumentException(
          "the text holds a control mark that this vocabulary cannot spell as plain text: '"
              + Quote.cut(text)
              + "'");
    }
    return encoding;
  }

  /** Whether {@link #encode} would find a control token in the text. */
  public boolean holdsControlMark(String text) {
    return holdsControl(encode(text));
  }

  /**
   * Ids with, for each token, the half-open range of code points of {@code text} that it covers.
   * Blanks before a word are covered by its token. Where a character is split over several tokens,
   * each of them covers the whole character.
   */
  public Encoding encodeWithOffsets(String text) {
    return encoding(main, text);
  }

  /**
   * Text of the ids, special tokens left out or kept; added tokens that are not special stay, and
   * so do {@code <think>} and {@code </think>} where a folder lists them as special. Ids without a
   * token (spare rows of the embedding) give no text; bytes that are not UTF-8 give U+FFFD.
   */
  public String decode(int[] ids, boolean skipSpecial) {
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0) {
        throw new IllegalArgumentException("token id " + ids[i] + " at " + i + " is negative");
      }
      wide[i] = ids[i];
    }
    return main.decode(wide, skipSpecial);
  }

  /** Text of the ids, special tokens kept. */
  public String decode(int... ids) {
    return decode(ids, false);
  }

  /** Whether the id is a control token's, as {@link #encodeData} has it. */
  public boolean isControl(int id) {
    return controlIds.contains(id);
  }

  /** Id of a token by its exact text in the vocabulary or the added tokens. */
  public OptionalInt id(String token) {
    return vocabulary.id(token);
  }

  /** One more than the largest id. */
  public int size() {
    return vocabulary.size();
  }

  /**
   * Ids that end a completion: eos_token of tokenizer_config.json, and eos_token_id of
   * generation_config.json (of config.json where that has none).
   */
  public List<Integer> stopIds() {
    return stopIds;
  }

  /**
   * This tokenizer with {@code token} as an added token that is not special (so it survives
   * decoding for rewards); itself if it has it already. The new one has its own native memory:
   * close both.
   *
   * @throws IllegalArgumentException if the text is blank or is a special token already
   */
  public Tokenizer withToken(String token) {
    if (token.isBlank()) {
      throw new IllegalArgumentException("an added token must not be blank, was '" + token + "'");
    }
    Vocabulary.AddedToken existing = vocabulary.added(token);
    if (existing != null && existing.special()) {
      throw new IllegalArgumentException(
          "'"
              + token
              + "' is a special token (id "
              + existing.id()
              + ") of this tokenizer and would"
              + " be lost when completions are decoded for rewards; make it \"special\": false in"
              + " tokenizer.json and tokenizer_config.json, or choose another token");
    }
    if (existing != null) {
      return this;
    }
    int id = vocabulary.id(token).orElse(vocabulary.size());
    Tokenizer extended = new Tokenizer(files.withToken(token, id));
    int[] ids = extended.encode(token);
    if (ids.length != 1 || ids[0] != id) {
      extended.close();
      throw new IllegalArgumentException(
          "'"
              + token
              + "' was added as id "
              + id
              + " but is encoded as "
              + Arrays.toString(ids)
              + "; the ids of this tokenizer.json's added tokens are not consecutive");
    }
    return extended;
  }

  /** Texts of the added tokens, in their order. */
  public List<String> addedTokens() {
    return vocabulary.added().stream().map(Vocabulary.AddedToken::content).toList();
  }

  /** Text of the eos_token of tokenizer_config.json. */
  public Optional<String> endToken() {
    return StopIds.endToken(files);
  }

  /**
   * This tokenizer with another end token; what ended before ends still. The new one has its own
   * native memory: close both.
   *
   * @throws IllegalArgumentException if it is not in the vocabulary
   */
  public Tokenizer withEndToken(String token) {
    int id =
        id(token)
            .orElseThrow(
                () -> new IllegalArgumentException("'" + token + "' is not in the vocabulary"));
    List<Integer> ends = new ArrayList<>(List.of(id));
    stopIds.stream().filter(one -> one != id).forEach(ends::add);
    return new Tokenizer(files.withEndToken(token, ends));
  }

  /** This tokenizer with one more id that ends a completion; close both. */
  public Tokenizer withEndId(int id) {
    List<Integer> ends = new ArrayList<>(stopIds);
    ends.add(id);
    return new Tokenizer(files.withEndIds(ends));
  }

  /** This tokenizer with another chat template in its files; close both. */
  public Tokenizer withChatTemplate(String source) {
    return new Tokenizer(files.withChatTemplate(source));
  }

  /** The files that it was made of. */
  public TokenizerFiles files() {
    return files;
  }

  /**
   * Writes tokenizer.json, tokenizer_config.json and what else came with it (special_tokens_map,
   * chat_template.jinja, ...) into {@code folder}.
   */
  public void save(Path folder) {
    files.write(folder);
  }

  @Override
  public synchronized void close() {
    main.close();
    if (plain != null) {
      plain.close();
    }
  }

  private synchronized NativeTokenizer plain() {
    if (plain == null) {
      plain = new NativeTokenizer(withoutControlMarks(files.json(TokenizerFiles.TOKENIZER)));
    }
    return plain;
  }

  /**
   * The library numbers added tokens in their order, after the vocabulary; so a control token
   * outside the vocabulary keeps its place under a text that no data holds, and one inside the
   * vocabulary is taken off the list.
   */
  private ObjectNode withoutControlMarks(ObjectNode json) {
    ArrayNode kept = json.arrayNode();
    for (var entry : json.path("added_tokens")) {
      int id = entry.path("id").asInt();
      if (!controlIds.contains(id)) {
        kept.add(entry);
      } else if (!json.path("model").path("vocab").has(entry.path("content").asText())) {
        ObjectNode hidden = entry.deepCopy();
        kept.add(hidden.put("content", "\uFFFE\uFFFF" + id + "\uFFFF\uFFFE"));
      }
    }
    json.set("added_tokens", kept);
    json.putNull("post_processor"); // it may name a control token
    return json;
  }

  private boolean holdsControl(int[] ids) {
    for (int id : ids) {
      if (controlIds.contains(id)) {
        return true;
      }
    }
    return false;
  }

  private static Encoding encoding(NativeTokenizer tokenizer, String text) {
    var encoded = tokenizer.encode(checked(text));
    CharSpan[] spans = encoded.getCharTokenSpans();
    int[] starts = new int[spans.length];
    int[] ends = new int[spans.length];
    for (int t = 0; t < spans.length; t++) {
      starts[t] = spans[t].getStart();
      ends[t] = spans[t].getEnd();
    }
    return new Encoding(toInts(encoded.getIds()), starts, ends);
  }

  /** The native library aborts on half a surrogate pair, and on what {@link TextBounds} knows. */
  private static String checked(String text) {
    TextBounds.require(text);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "the text is not valid Unicode: half a surrogate pair (U+%04X) at character %d",
                  (int) c,
                  i));
        }
      }
    }
    return text;
  }

  private static int[] toInts(long[] ids) {
    int[] narrow = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      narrow[i] = (int) ids[i];
    }
    return narrow;
  }

  /**
   * Token ids with their places in the text.
   *
   * @param starts,ends code-point offsets, [ids]
   */
  public record Encoding(int[] ids, int[] starts, int[] ends) {

    /**
     * Texts that were encoded each on its own, as one that stands for their concatenation.
     *
     * @param texts what was encoded, in order
     */
    public static Encoding joined(List<Encoding> parts, List<String> texts) {
      int count = parts.stream().mapToInt(part -> part.ids.length).sum();
      Encoding all = new Encoding(new int[count], new int[count], new int[count]);
      int at = 0;
      int shift = 0;
      for (int p = 0; p < parts.size(); p++) {
        Encoding part = parts.get(p);
        for (int t = 0; t < part.ids.length; t++) {
          all.ids[at] = part.ids[t];
          all.starts[at] = part.starts[t] + shift;
          all.ends[at++] = part.ends[t] + shift;
        }
        shift += texts.get(p).codePointCount(0, texts.get(p).length());
      }
      return all;
    }
  }
}
