package dev.terse.model.folder;

import dev.terse.jinja.TemplateException;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.chat.TurnEnd;
import dev.terse.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a model's conversations become text, and what ends them, where it is not as its folder says.
 *
 * @param chatTemplate text of the template, or null
 * @param chatTemplatePath its place: its file, or a tokenizer's folder whose end token is taken
 *     too; or null
 * @param variables names for the template in every conversation; a conversation's own win
 * @param eosToken the end token, or null
 */
public record ChatSetup(
    String chatTemplate, Path chatTemplatePath, Map<String, Object> variables, String eosToken) {
  private static final Logger LOG = LoggerFactory.getLogger(ChatSetup.class);

  /**
   * Template and end token, before there is a model.
   *
   * @param learnsTurns whether the model learns to end its turns as the template does, so that this
   *     end is one of its end tokens from now on
   * @throws IllegalArgumentException if a file is not there or the vocabulary lacks a token
   */
  public void apply(ModelBuilder model, boolean learnsTurns) {
    if (chatTemplate != null) {
      model.withChatTemplate(checked("chat_template", chatTemplate));
    }
    String end = eosToken;
    if (chatTemplatePath != null) {
      Path path = chatTemplatePath;
      if (Files.isDirectory(path)) {
        model.withChatTemplate(ChatTemplate.load(path).source());
        String theirs = endToken(path, model.tokenizer());
        end = end == null ? theirs : end;
      } else {
        model.withChatTemplate(checked("chat_template_path " + path, read(path)));
      }
    }
    if (end != null) {
      if (model.tokenizer().id(end).isEmpty()) {
        throw new IllegalArgumentException(
            "eos_token '"
                + end
                + "' is not in the vocabulary of this tokenizer, which has "
                + names(model.tokenizer())
                + " as end tokens; take one of its tokens");
      }
      model.withEndToken(end);
    }
    tellTurnEnd(model, learnsTurns);
  }

  private static String checked(String key, String source) {
    try {
      return ChatTemplate.of(source, Map.of()).source();
    } catch (TemplateException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
  }

  private static String read(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new IllegalArgumentException(
          "chat_template_path: " + path + " is neither a file nor a tokenizer's folder");
    }
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read '" + path + "'", e);
    }
  }

  /** The end token of a folder whose template is taken; its tokens must be known here. */
  private static String endToken(Path folder, Tokenizer tokenizer) {
    try (Tokenizer theirs = Tokenizer.load(folder)) {
      List<String> unknown =
          theirs.addedTokens().stream().filter(token -> tokenizer.id(token).isEmpty()).toList();
      if (!unknown.isEmpty()) {
        throw new IllegalArgumentException(
            "chat_template_path: the tokenizer in "
                + folder
                + " has tokens that this one lacks, which the template may need: "
                + String.join(" ", unknown)
                + "; give the template's file (chat_template.jinja) if it needs none of them");
      }
      return theirs.endToken().orElse(null);
    }
  }

  private static void tellTurnEnd(ModelBuilder model, boolean learnsTurns) {
    if (model.template() == null) {
      return;
    }
    OptionalInt end = TurnEnd.of(model.template(), model.tokenizer());
    if (end.isEmpty() || model.tokenizer().stopIds().contains(end.getAsInt())) {
      return;
    }
    String token = model.tokenizer().decode(new int[] {end.getAsInt()}, false);
    LOG.warn(
        "the chat template ends a turn with {} (id {}), which is no end token of the model: it has"
            + " {}. {}",
        token,
        end.getAsInt(),
        names(model.tokenizer()),
        learnsTurns
            ? "Rows end with the template's, so it becomes one (generation_config.json)"
            : "Completions go on after it; eos_token: \"" + token + "\" ends them there");
    if (learnsTurns) {
      model.withEndId(end.getAsInt());
    }
  }

  private static String names(Tokenizer tokenizer) {
    return tokenizer.stopIds().isEmpty()
        ? "none"
        : String.join(
            ", ",
            tokenizer.stopIds().stream()
                .map(id -> tokenizer.decode(new int[] {id}, false) + " (id " + id + ")")
                .toList());
  }

  /**
   * The model with variables and date for its template.
   *
   * @param started when the run began: what strftime_now says
   */
  public ModelFolder complete(ModelFolder model, LocalDateTime started) {
    if (model.template() == null) {
      return model;
    }
    ChatTemplate template = model.template().with(variables).at(started);
    return new ModelFolder(model.decoder(), model.tokenizer(), template, model.generationConfig());
  }
}
