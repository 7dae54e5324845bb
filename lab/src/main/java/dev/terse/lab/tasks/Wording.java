package dev.terse.lab.tasks;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.SeedTree;
import dev.terse.lab.tasks.Event.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The words of word problems ({@code word-problems.json} beside this class). Names in braces stand
 * for what differs from problem to problem.
 *
 * @param casts by role, who or what can play it
 * @param scenarios the stories
 * @param chain the sentences of chains of thought
 */
record Wording(Map<String, List<String>> casts, List<Scenario> scenarios, Chain chain) {

  /**
   * A kind of story.
   *
   * @param owner whose things are counted
   * @param items what is counted
   * @param start ways to tell the first number
   * @param events ways to tell what happens; a kind that is absent never happens
   * @param question ways to ask
   */
  record Scenario(
      String owner,
      String items,
      List<String> start,
      Map<Kind, List<String>> events,
      List<String> question) {}

  /**
   * What a chain says.
   *
   * @param restating the story once more; {@code events} are those of {@code retold}
   * @param retold an event in restating
   * @param planning all the arithmetic
   * @param openers of a computing step
   * @param computingTotal one operation on the total
   * @param computingGroups the product of groups
   * @param checking the last digits of an operation
   * @param ending the result
   */
  record Chain(
      List<String> restating,
      Map<Kind, String> retold,
      List<String> planning,
      List<String> openers,
      List<String> computingTotal,
      List<String> computingGroups,
      List<String> checking,
      List<String> ending) {}

  static Wording load() {
    try (InputStream in = Wording.class.getResourceAsStream("word-problems.json")) {
      return new ObjectMapper().readValue(in, Wording.class);
    } catch (IOException e) {
      throw new UncheckedIOException("word-problems.json in the jar", e);
    }
  }

  /** One of several, by a seed. */
  static String pick(List<String> ways, long seed) {
    return ways.get(SeedTree.below(seed, ways.size()));
  }

  /** {@code text} with the words in place of their names in braces. */
  static String fill(String text, Map<String, ?> words) {
    String filled = text;
    for (Map.Entry<String, ?> word : words.entrySet()) {
      filled = filled.replace("{" + word.getKey() + "}", word.getValue().toString());
    }
    return filled;
  }

  static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
