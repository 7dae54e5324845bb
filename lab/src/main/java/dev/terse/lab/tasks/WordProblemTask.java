package dev.terse.lab.tasks;

import dev.terse.engine.SeedTree;
import dev.terse.lab.tasks.Wording.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Small stories in whole numbers (a market, a train, a bakery, savings, …), with written-out chains
 * of thought that hold real redundancy: the task on which a small model learns to reason, and then
 * to leave out what it can do without.
 *
 * <p>A story starts with a number and goes through events that add, take away, multiply or share
 * out; all totals are whole and between 2 and 199. Its canonical form is the arithmetic alone, so a
 * problem of one split never stands in another under other names. Everything about a problem is a
 * function of (seed, index).
 */
public final class WordProblemTask implements ProblemSource {
  private static final int MIN_START = 10;
  private static final int MAX_START = 90;

  private final Wording wording = Wording.load();
  private final long seed;
  private final int minOperations;
  private final int maxOperations;

  /**
   * @param seed of all problems
   * @param minOperations least operations of a problem, at least 1
   * @param maxOperations most operations of a problem; shorter problems are the more frequent ones
   */
  public WordProblemTask(long seed, int minOperations, int maxOperations) {
    ProblemSource.requireOperations(minOperations, maxOperations);
    this.seed = seed;
    this.minOperations = minOperations;
    this.maxOperations = maxOperations;
  }

  @Override
  public WorkedProblem problem(long index) {
    long at = SeedTree.at(seed, "word-problems", index);
    Story story = story(at);
    return new WorkedProblem(
        story.tell(SeedTree.at(at, "tell")),
        story.canonical(),
        StoryChain.of(story, wording.chain(), SeedTree.at(at, "chain")),
        story.answer());
  }

  private Story story(long at) {
    List<Scenario> scenarios = wording.scenarios();
    Scenario scenario =
        scenarios.get(SeedTree.below(SeedTree.at(at, "scenario"), scenarios.size()));
    Map<String, String> cast = new TreeMap<>();
    wording
        .casts()
        .forEach((role, players) -> cast.put(role, Wording.pick(players, SeedTree.at(at, role))));
    int start = MIN_START + SeedTree.below(SeedTree.at(at, "start"), MAX_START - MIN_START + 1);
    List<Event> events = new ArrayList<>();
    int total = start;
    int left = operations(at);
    while (left > 0) {
      long draw = SeedTree.at(at, "event", events.size());
      Event event = EventDraw.draw(draw, total, left, scenario.events().keySet());
      events.add(event);
      total = event.applyTo(total);
      left -= event.kind().operations();
    }
    return new Story(scenario, cast, start, List.copyOf(events));
  }

  /** The smaller of two draws. */
  private int operations(long at) {
    int span = maxOperations - minOperations + 1;
    return minOperations
        + Math.min(
            SeedTree.below(SeedTree.at(at, "operations", 0), span),
            SeedTree.below(SeedTree.at(at, "operations", 1), span));
  }
}
