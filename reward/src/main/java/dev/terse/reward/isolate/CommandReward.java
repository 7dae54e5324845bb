package dev.terse.reward.isolate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.reward.BatchReward;
import dev.terse.reward.Sample;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A reward that is an executable, such as {@code python my_reward.py}: one child process a run, one
 * line of JSON a batch each way. A child that dies or is too slow is killed and started anew; a
 * batch that was lost to a child's death is asked once more.
 *
 * <pre>
 * request  {"prompts": [..], "completions": [..], "completion_ids": [[..]], "columns": {name: [..]}}
 * reply    [number or null, ..]
 *       or {"rewards": [..], "metrics": {name: number}, "extra": {name: [..]}}
 * </pre>
 *
 * <p>Prompts, completions and columns are those of TRL's reward functions: a conversational prompt
 * is a list of messages, and its completion one too.
 */
public final class CommandReward implements BatchReward {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Long enough for an interpreter to say that there is no such file. */
  private static final Duration FIRST_LOOK = Duration.ofMillis(500);

  private final String name;
  private final List<String> command;
  private final Duration call;
  private LineProcess child;
  private boolean closed;

  private CommandReward(String name, List<String> command, Duration call) {
    this.name = name;
    this.command = command;
    this.call = call;
  }

  /**
   * The reward of a command; nothing is started.
   *
   * @param text the command, its words split at blanks; quotes keep a word together
   * @param call longest time for a completion; a batch has that for each of its completions
   * @throws IllegalArgumentException if there is no command
   */
  static CommandReward of(String text, Duration call) {
    List<String> words = words(text);
    if (words.isEmpty()) {
      throw new IllegalArgumentException(
          "reward_funcs has 'command:' without a command: write command:python my_reward.py");
    }
    String file = words.stream().filter(word -> !word.startsWith("-")).reduce((a, b) -> b).get();
    String last = file.replaceFirst(".*[/\\\\:]", "").replaceFirst("\\.[A-Za-z]{1,4}$", "");
    return new CommandReward(last.substring(last.lastIndexOf('.') + 1), words, call);
  }

  /** The words of a command. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char quote = 0;
    for (char c : text.toCharArray()) {
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (Character.isWhitespace(c)) {
        if (word != null) {
          words.add(word.toString());
        }
        word = null;
      } else {
        word = word == null ? new StringBuilder() : word;
        quote = c == '"' || c == '\'' ? c : 0;
        if (quote == 0) {
          word.append(c);
        }
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException(
          "reward_funcs has a command with a quote that is not closed: " + text);
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized void open() {
    try {
      child = LineProcess.start(command);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the reward command " + command + " cannot be started: " + e.getMessage(), e);
    }
    if (child.diesWithin(FIRST_LOOK)) {
      throw new IllegalArgumentException(
          "the reward command "
              + command
              + " ended at once: "
              + child.lastWords()
              + ". It must read a line of JSON from its input for each batch and answer with one"
              + " until its input ends");
    }
  }

  /**
   * Asks the child.
   *
   * @throws RewardFailure if it gave no rewards
   */
  @Override
  public synchronized Said say(List<Sample> samples) {
    if (closed) {
      throw new RewardFailure("reward '" + name + "' is closed");
    }
    Duration limit = call.multipliedBy(samples.size());
    String request = request(samples);
    boolean died = child != null && !child.isAlive();
    try {
      return said(ask(request, limit), samples.size());
    } catch (LineProcess.Ended e) {
      if (died) {
        throw new RewardFailure(e.getMessage());
      }
      try {
        return said(ask(request, limit), samples.size()); // a child of its own for this batch
      } catch (LineProcess.Ended again) {
        throw new RewardFailure(again.getMessage());
      }
    }
  }

  @Override
  public double[] of(List<Sample> samples) {
    return say(samples).values();
  }

  private String ask(String request, Duration limit) throws LineProcess.Ended {
    if (child == null || !child.isAlive()) {
      discard();
      try {
        child = LineProcess.start(command);
      } catch (IOException e) {
        throw new RewardFailure("the command cannot be started: " + e.getMessage());
      }
    }
    try {
      return child.ask(request, limit);
    } catch (LineProcess.Ended | RewardFailure e) {
      discard();
      throw e;
    }
  }

  private static String request(List<Sample> samples) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("prompts", samples.stream().map(s -> s.source().prompt()).toList());
    request.put("completions", samples.stream().map(CommandReward::completion).toList());
    request.put("completion_ids", samples.stream().map(Sample::ids).toList());
    Set<String> names = new LinkedHashSet<>();
    samples.forEach(sample -> names.addAll(sample.source().columns().keySet()));
    Map<String, Object> columns = new LinkedHashMap<>();
    for (String column : names) {
      columns.put(
          column,
          Arrays.asList(samples.stream().map(s -> s.source().columns().get(column)).toArray()));
    }
    request.put("columns", columns);
    try {
      return JSON.writeValueAsString(request);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row of the data set is no JSON", e);
    }
  }

  private static Object completion(Sample sample) {
    return sample.source().prompt() instanceof List
        ? List.of(Map.of("role", "assistant", "content", sample.completion()))
        : sample.completion();
  }

  private static Said said(String line, int count) {
    JsonNode reply;
    try {
      reply = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new RewardFailure("the reply is no JSON: " + cut(line));
    }
    JsonNode rewards = reply.isObject() ? reply.path("rewards") : reply;
    if (!rewards.isArray() || rewards.size() != count) {
      throw new RewardFailure(
          "expected a list of "
              + count
              + " rewards, one a completion, found "
              + (rewards.isArray() ? rewards.size() + " of them" : cut(line)));
    }
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      JsonNode value = rewards.get(i);
      if (!value.isNumber() && !value.isNull()) {
        throw new RewardFailure(
            "a reward must be a number or null, found " + cut(value.toString()));
      }
      values[i] = value.isNull() ? Double.NaN : value.doubleValue();
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    reply.path("metrics").properties().stream()
        .filter(entry -> entry.getValue().isNumber())
        .forEach(entry -> metrics.put(entry.getKey(), entry.getValue().doubleValue()));
    Map<String, List<Object>> columns = new LinkedHashMap<>();
    for (var entry : reply.path("extra").properties()) {
      if (entry.getValue().size() != count) {
        throw new RewardFailure(
            "extra." + entry.getKey() + " must be a list of " + count + ", one a completion");
      }
      columns.put(
          entry.getKey(), Arrays.asList(JSON.convertValue(entry.getValue(), Object[].class)));
    }
    return new Said(values, metrics, columns);
  }

  private static String cut(String text) {
    return "'" + (text.length() <= 200 ? text : text.substring(0, 200) + "...") + "'";
  }

  private void discard() {
    if (child != null) {
      child.close();
      child = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    discard();
  }
}
