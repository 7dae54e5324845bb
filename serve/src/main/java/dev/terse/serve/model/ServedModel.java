package dev.terse.serve.model;

import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.transformer.Decoder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/**
 * A model with one version of its weights. Requests hold it while they need its tokenizer; it is
 * closed by the worker when it has been replaced and the last of them has gone.
 */
public final class ServedModel {
  private final String name;
  private final Path path;
  private final int version;
  private final ModelFolder folder;
  private final ChatTemplate template;
  private final long created = Instant.now().getEpochSecond();
  private int holders;
  private boolean retired;

  /**
   * @param name what clients call it
   * @param path where it was loaded from
   * @param version counts from 1 with each change of weights
   * @param folder owned
   * @param template of the folder with the server's variables; null for none
   */
  public ServedModel(
      String name, Path path, int version, ModelFolder folder, ChatTemplate template) {
    this.name = name;
    this.path = path;
    this.version = version;
    this.folder = folder;
    this.template = template;
  }

  public String name() {
    return name;
  }

  public Path path() {
    return path;
  }

  public int version() {
    return version;
  }

  /** When it was loaded, in seconds since 1970. */
  public long created() {
    return created;
  }

  public Tokenizer tokenizer() {
    return folder.tokenizer();
  }

  /** The chat template, or null. */
  public ChatTemplate template() {
    return template;
  }

  /** Tokens that end a completion. */
  public Set<Integer> stopIds() {
    return Set.copyOf(folder.tokenizer().stopIds());
  }

  /** Ids that its embedding knows. */
  public int vocabulary() {
    return folder.decoder().config().vocabSize();
  }

  /** Most tokens of a sequence. */
  public int positions() {
    return folder.decoder().config().maxPositions();
  }

  /** For the worker alone. */
  Decoder decoder() {
    return folder.decoder();
  }

  /** A request begins to use it; false if it has been replaced. */
  synchronized boolean hold() {
    if (retired) {
      return false;
    }
    holders++;
    return true;
  }

  synchronized void letGo() {
    holders--;
  }

  synchronized void retire() {
    retired = true;
  }

  synchronized boolean isUnused() {
    return retired && holders == 0;
  }

  void close() {
    folder.close();
  }
}
