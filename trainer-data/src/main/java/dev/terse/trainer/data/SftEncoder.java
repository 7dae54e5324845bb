package dev.terse.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.Quote;
import dev.terse.model.chat.AssistantTurns;
import dev.terse.model.chat.AssistantTurns.Which;
import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.chat.Conversation;
import dev.terse.model.chat.TurnEnd;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.trainer.data.SftRules.AssistantLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Token ids and loss of an SFT row, as TRL's SFTTrainer makes them: a conversation is rendered
 * whole by the chat template, plain text gets the tokenizer's begin token and one end token.
 *
 * <p>Where this is not TRL: a completion that is given as text stands behind the generation prompt
 * as it is written, and so does a last turn of which the template would leave something out
 * (R1-Distill's drops the thinking) or which it ends with no token.
 */
final class SftEncoder {
  private static final String ASSISTANT = "assistant";

  private final Tokenizer tokenizer;
  private final ChatTemplate template;
  private final PromptEncoder prompts;
  private final SftRules rules;
  private final OptionalInt turnEnd; // empty where the template ends no turn with a token

  SftEncoder(PromptEncoder prompts, SftRules rules) {
    this.tokenizer = prompts.tokenizer();
    this.template = prompts.template();
    this.prompts = prompts;
    this.rules = rules;
    this.turnEnd = template == null ? OptionalInt.empty() : TurnEnd.of(template, tokenizer);
  }

  /**
   * A row before it is cut.
   *
   * @param plainText whether it is a text that goes on and has no turns
   */
  record Encoded(SftRow row, boolean plainText) {}

  /**
   * Encodes a row.
   *
   * @throws IllegalArgumentException saying what cannot be used
   */
  Encoded encode(String id, JsonNode json) {
    if (json.hasNonNull("input_ids")) {
      return new Encoded(ready(id, json), true);
    }
    if (rules.tokenized()) {
      throw new IllegalArgumentException(
          "skip_prepare_dataset is true in dataset_kwargs, so rows need input_ids (and labels);"
              + " found "
              + described(json));
    }
    if (json.hasNonNull("prompt")) {
      return promptCompletion(id, json);
    }
    for (String field : List.of("messages", "conversations")) {
      if (json.hasNonNull(field)) {
        List<Message> messages = Messages.of(json.get(field), field);
        Conversation whole = conversation(messages, field, json);
        return new Encoded(rendered(id, whole, field, 0), false);
      }
    }
    if (json.path(rules.textField()).isTextual()) {
      requireNoAssistantLoss();
      int[] ids = text(ended(json.get(rules.textField()).textValue()));
      return new Encoded(new SftRow(id, ids, all(ids.length)), true);
    }
    if (json.hasNonNull("instruction") && json.hasNonNull("output")) {
      return new Encoded(alpaca(id, json), false);
    }
    throw new IllegalArgumentException(
        "expected prompt and completion, messages, conversations, input_ids, instruction and"
            + " output, or "
            + rules.textField()
            + ", found "
            + described(json));
  }

  private static String described(JsonNode json) {
    List<String> filled =
        json.propertyStream().filter(e -> !e.getValue().isNull()).map(Map.Entry::getKey).toList();
    List<String> all = json.propertyStream().map(Map.Entry::getKey).toList();
    return filled.isEmpty() && !all.isEmpty()
        ? "nothing but null under the keys " + all
        : "the keys " + filled;
  }

  private Encoded promptCompletion(String id, JsonNode json) {
    JsonNode prompt = json.get("prompt");
    JsonNode completion = json.path("completion");
    if (completion.isNull() || completion.isMissingNode()) {
      throw new IllegalArgumentException("expected text or messages in 'completion', found none");
    }
    if (prompt.isTextual()) {
      return new Encoded(texts(id, prompt.textValue(), oneText(completion)), false);
    }
    List<Message> messages = new ArrayList<>(Messages.of(prompt, "prompt"));
    if (completion.isTextual()) {
      Conversation turns = conversation(messages, "prompt", json);
      return new Encoded(written(id, turns, completion.textValue(), true), false);
    }
    int turns = messages.size();
    messages.addAll(Messages.of(completion, "completion"));
    Conversation whole = conversation(messages, "prompt and completion", json);
    return new Encoded(rendered(id, whole, "prompt and completion", turns), false);
  }

  /** The text of a completion behind a prompt that is a text. */
  private static String oneText(JsonNode completion) {
    if (completion.isTextual()) {
      return completion.textValue();
    }
    List<Message> answer = Messages.of(completion, "completion");
    boolean one = answer.size() == 1 && !Messages.saysMore(answer.get(0));
    if (!one || answer.get(0).content() == null) {
      throw new IllegalArgumentException(
          "the prompt is a text and the completion is messages that are more than one text: give"
              + " the prompt as messages too");
    }
    return answer.get(0).content();
  }

  /** Prompt and completion as one text; loss begins where their tokens leave the prompt's. */
  private SftRow texts(String id, String prompt, String completion) {
    requireNoAssistantLoss();
    int[] ids = text(prompt + ended(completion));
    int first = completionOnly(true) ? commonPrefix(text(prompt), ids) : 0;
    return new SftRow(id, ids, from(ids.length, first));
  }

  private SftRow alpaca(String id, JsonNode json) {
    List<Message> messages = new ArrayList<>();
    if (json.path("system").isTextual() && !json.get("system").textValue().isBlank()) {
      messages.add(new Message("system", json.get("system").textValue()));
    }
    String input = json.path("input").asText("");
    String instruction = json.get("instruction").asText();
    messages.add(new Message("user", input.isBlank() ? instruction : instruction + "\n\n" + input));
    messages.add(new Message(ASSISTANT, json.get("output").asText()));
    Conversation whole = conversation(messages, "instruction", json);
    return rendered(id, whole, "instruction", messages.size() - 1);
  }

  /** The messages with the row's tools and variables; nothing of them may be lost. */
  private Conversation conversation(List<Message> messages, String field, JsonNode json) {
    String source = template == null ? "" : template.source();
    return Messages.conversation(messages, field, json, source);
  }

  /**
   * A conversation rendered whole.
   *
   * @param promptTurns turns before the completion; 0 where there is no completion
   */
  private SftRow rendered(String id, Conversation whole, String field, int promptTurns) {
    int before = whole.messages().size() - 1;
    Message last = whole.messages().get(before);
    boolean assistants = last.role().equals(ASSISTANT);
    if (promptTurns > 0 && !assistants) {
      throw new IllegalArgumentException(
          "the last message of 'completion' must be the assistant's, is " + last.role() + "'s");
    }
    if (assistants && last.content() == null && !Messages.saysMore(last)) {
      throw new IllegalArgumentException(
          field
              + "["
              + before
              + "] (assistant): content is null, and there is nothing else to learn");
    }
    boolean onlyText = assistants && last.content() != null && !Messages.saysMore(last);
    if (template == null) {
      if (!onlyText) {
        throw PromptEncoder.noTemplate(whole.messages().size());
      }
      return written(id, whole.withMessages(first(whole, before)), last.content(), promptTurns > 0);
    }
    ChatPrompt text = ChatPrompt.whole(template, whole);
    boolean shown = AssistantTurns.showsLast(whole, text.text());
    boolean lastAlone = promptTurns == 0 || promptTurns == before;
    if (onlyText && !shown && !lastAlone) {
      throw new IllegalArgumentException(
          "the chat template leaves out part of the last turn's text (its thinking?), and the"
              + " completion has several messages: move all but the last into the prompt");
    }
    if (onlyText && lastAlone && (!shown || turnEnd.isEmpty())) {
      return written(id, whole.withMessages(first(whole, before)), last.content(), promptTurns > 0);
    }
    Tokenizer.Encoding tokens = text.encoding(tokenizer);
    boolean[] loss =
        completionOnly(promptTurns > 0)
            ? from(tokens.ids().length, commonPrefix(promptIds(whole, promptTurns), tokens.ids()))
            : all(tokens.ids().length);
    if (rules.assistant() != AssistantLoss.FALSE) {
      keep(loss, assistants(whole, tokens));
    }
    return assistants && turnEnd.isEmpty()
        ? ended(id, tokens.ids(), loss)
        : new SftRow(id, tokens.ids(), loss);
  }

  /** A template that ends no turn teaches no end: the end token does (TRL adds none). */
  private SftRow ended(String id, int[] ids, boolean[] loss) {
    int[] more = Arrays.copyOf(ids, ids.length + 1);
    more[ids.length] = prompts.endToken();
    boolean[] marks = Arrays.copyOf(loss, loss.length + 1);
    marks[loss.length] = true;
    return new SftRow(id, more, marks);
  }

  private static List<Message> first(Conversation conversation, int turns) {
    return conversation.messages().subList(0, turns);
  }

  private int[] promptIds(Conversation whole, int turns) {
    return prompts.prompt(whole.withMessages(first(whole, turns))).ids(tokenizer);
  }

  private boolean[] assistants(Conversation conversation, Tokenizer.Encoding tokens) {
    boolean last = rules.assistant() == AssistantLoss.LAST;
    return AssistantTurns.mask(template, conversation, tokens, last ? Which.LAST : Which.ALL);
  }

  /** The assistant's text behind the generation prompt as it is written, and the turn's end. */
  private SftRow written(String id, Conversation turns, String completion, boolean isCompletion) {
    if (completion.isEmpty()) {
      return new SftRow(id, new int[0], new boolean[0]);
    }
    ChatPrompt prompt = prompts.prompt(turns);
    int[] promptIds = prompt.ids(tokenizer);
    int[] answer = tokenizer.encode(prompt.completion(completion));
    int end = turnEnd.orElseGet(prompts::endToken);
    boolean ended = answer.length > 0 && answer[answer.length - 1] == end;
    int[] ids = joined(promptIds, answer, ended ? new int[0] : new int[] {end});
    boolean[] loss = from(ids.length, promptIds.length);
    if (!completionOnly(isCompletion) && rules.assistant() == AssistantLoss.FALSE) {
      loss = all(ids.length);
    } else if (!completionOnly(isCompletion) && rules.assistant() == AssistantLoss.TRUE) {
      addTurns(loss, turns, promptIds.length);
    }
    return new SftRow(id, ids, loss);
  }

  /** Adds the assistant's turns of a prompt of {@code promptLength} tokens. */
  private void addTurns(boolean[] loss, Conversation turns, int promptLength) {
    boolean speaks = turns.messages().stream().anyMatch(turn -> turn.role().equals(ASSISTANT));
    if (template == null || !speaks) {
      return;
    }
    boolean[] within = assistants(turns, ChatPrompt.whole(template, turns).encoding(tokenizer));
    for (int t = 0; t < Math.min(within.length, promptLength); t++) {
      loss[t] |= within[t];
    }
  }

  /** Rows that were tokenized elsewhere (TRL: input_ids, labels or masks of loss). */
  private SftRow ready(String id, JsonNode json) {
    int[] ids = numbers(json.get("input_ids"), "input_ids");
    boolean[] loss = all(ids.length);
    if (json.hasNonNull("labels")) {
      int[] labels = numbers(json.get("labels"), "labels");
      requireLength(labels, ids, "labels");
      for (int t = 0; t < ids.length; t++) {
        loss[t] = labels[t] >= 0;
        if (loss[t] && labels[t] != ids[t]) {
          throw new IllegalArgumentException(
              "labels["
                  + t
                  + "] is "
                  + labels[t]
                  + ", input_ids has "
                  + ids[t]
                  + " there: a label is the token itself, or -100 for no loss");
        }
      }
    } else {
      if (json.hasNonNull("completion_mask") && completionOnly(true)) {
        keep(loss, mask(json, "completion_mask", ids));
      }
      if (json.hasNonNull("assistant_masks")) {
        keep(loss, mask(json, "assistant_masks", ids));
      }
    }
    for (int t = 0; t < ids.length; t++) {
      if (ids[t] < 0 || ids[t] >= tokenizer.size()) {
        throw new IllegalArgumentException(
            "input_ids["
                + t
                + "] must be a token id from 0 to "
                + (tokenizer.size() - 1)
                + ", is "
                + ids[t]);
      }
    }
    return new SftRow(id, ids, loss);
  }

  private static boolean[] mask(JsonNode json, String field, int[] ids) {
    int[] bits = numbers(json.get(field), field);
    requireLength(bits, ids, field);
    boolean[] mask = new boolean[bits.length];
    for (int t = 0; t < bits.length; t++) {
      mask[t] = bits[t] != 0;
    }
    return mask;
  }

  private static void requireLength(int[] values, int[] ids, String field) {
    if (values.length != ids.length) {
      throw new IllegalArgumentException(
          "expected one entry of '"
              + field
              + "' for each of the "
              + ids.length
              + " input_ids, found "
              + values.length);
    }
  }

  private static int[] numbers(JsonNode list, String field) {
    int[] numbers = new int[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!list.isArray() || !list.get(i).canConvertToInt() || !list.get(i).isIntegralNumber()) {
        throw new IllegalArgumentException(
            "expected a list of whole numbers in '"
                + field
                + "', found "
                + Quote.cut(list.isArray() ? list.get(i).toString() : list.toString()));
      }
      numbers[i] = list.get(i).intValue();
    }
    return numbers;
  }

  private void requireNoAssistantLoss() {
    if (rules.assistant() != AssistantLoss.FALSE) {
      throw new IllegalArgumentException(
          "assistant_only_loss needs rows of messages; this row is plain text");
    }
  }

  private boolean completionOnly(boolean hasCompletion) {
    return hasCompletion && !Boolean.FALSE.equals(rules.completionOnly());
  }

  private int[] text(String text) {
    return rules.specialTokens() ? tokenizer.encodeWithSpecial(text) : tokenizer.encode(text);
  }

  /** The text with the end token's mark behind it, unless it has it. */
  private String ended(String text) {
    String end = tokenizer.decode(new int[] {prompts.endToken()}, false);
    return text.isEmpty() || text.endsWith(end) ? text : text + end;
  }

  private static void keep(boolean[] loss, boolean[] mask) {
    for (int t = 0; t < loss.length; t++) {
      loss[t] &= mask[t];
    }
  }

  private static boolean[] all(int length) {
    return from(length, 0);
  }

  private static boolean[] from(int length, int first) {
    boolean[] loss = new boolean[length];
    Arrays.fill(loss, first, length, true);
    return loss;
  }

  private static int[] joined(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  private static int commonPrefix(int[] a, int[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }
}
