package dev.terse.trainer.model;

import dev.terse.io.Quote;
import dev.terse.io.hub.InputKind;
import dev.terse.model.folder.ChatSetup;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.places.Reads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How conversations become text, and what ends them. The model that is saved has the same.
 *
 * @param chatTemplate text of the template in place of the folder's (open-r1)
 * @param chatTemplatePath the same from a file, or from a tokenizer's folder, whose end token is
 *     taken too (TRL)
 * @param chatTemplateKwargs variables for the template in every conversation, such as
 *     enable_thinking; a row's own win (TRL)
 * @param eosToken the end token in place of the tokenizer's; a token of its vocabulary (TRL)
 */
public record ChatConfig(
    @Default(Default.UNSET) String chatTemplate,
    @Default(Default.UNSET) @Reads(InputKind.TOKENIZER) String chatTemplatePath,
    @Default(Default.UNSET) Map<String, Object> chatTemplateKwargs,
    @Default(Default.UNSET) String eosToken) {
  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,18}");
  private static final Pattern REAL =
      Pattern.compile("[-+]?([0-9]+\\.[0-9]*|\\.[0-9]+|[0-9]+)([eE][-+]?[0-9]{1,3})?");

  public ChatConfig {
    if (chatTemplate != null && chatTemplatePath != null) {
      throw new IllegalArgumentException(
          "give chat_template (a text) or chat_template_path (a file or folder), one of the two");
    }
    if (chatTemplate != null && !chatTemplate.contains("{")) {
      throw new IllegalArgumentException(
          "chat_template must be the text of a template, was "
              + Quote.of(chatTemplate)
              + "; a file or folder is chat_template_path");
    }
  }

  /** Where chat_template_path is; null without. */
  public Path templatePlace() {
    return chatTemplatePath == null ? null : InputKind.TOKENIZER.place(chatTemplatePath);
  }

  /** What a model is set up with. */
  ChatSetup setup() {
    return new ChatSetup(chatTemplate, templatePlace(), variables(chatTemplateKwargs), eosToken);
  }

  /**
   * Values of a YAML map as a template sees them: true, false, null and numbers are such, whatever
   * is around them; all else is text.
   */
  public static Map<String, Object> variables(Map<String, Object> written) {
    Map<String, Object> all = new LinkedHashMap<>();
    written.forEach((name, value) -> all.put(name, value(value)));
    return all;
  }

  private static Object value(Object written) {
    if (written instanceof List<?> list) {
      List<Object> all = new ArrayList<>();
      list.forEach(item -> all.add(value(item)));
      return all;
    }
    if (written instanceof Map<?, ?> map) {
      Map<String, Object> all = new LinkedHashMap<>();
      map.forEach((key, entry) -> all.put((String) key, value(entry)));
      return all;
    }
    if (!(written instanceof String text)) {
      return written;
    }
    switch (text) {
      case "true", "True":
        return true;
      case "false", "False":
        return false;
      case "null", "None", "~":
        return null;
      default:
        return WHOLE.matcher(text).matches()
            ? (Object) Long.valueOf(text)
            : REAL.matcher(text).matches() ? (Object) Double.valueOf(text) : text;
    }
  }
}
