package dev.terse.lab.tasks;

import dev.terse.engine.SeedTree;
import dev.terse.lab.tasks.Event.Operation;
import dev.terse.lab.tasks.Wording.Chain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes the chain of thought of a word problem: restating, planning, then each operation with a
 * check of its last digits, and the result.
 *
 * <p>How predictable a step is differs for a reason. Restating and planning say again what stands
 * before them, and a check follows from the operation, worded like the checks before it. The
 * computing steps hold the new numbers, and their wording is drawn anew each time. One chain in
 * five does without restating, one without planning, one without checks.
 */
final class StoryChain {
  private static final double USUALLY = 0.8;

  private final Story story;
  private final Chain wording;
  private final long seed;
  private final Map<String, Object> words = new HashMap<>();
  private final List<String> steps = new ArrayList<>();

  private StoryChain(Story story, Chain wording, long seed) {
    this.story = story;
    this.wording = wording;
    this.seed = seed;
    words.put("owner", Wording.fill(story.scenario().owner(), story.cast()));
    words.put("items", Wording.fill(story.scenario().items(), story.cast()));
    words.put("start", story.start());
    words.put("answer", story.answer());
  }

  /** The chain; its steps are parted by blank lines. */
  static String of(Story story, Chain wording, long seed) {
    return new StoryChain(story, wording, seed).write();
  }

  private String write() {
    if (usually("restating")) {
      words.put("events", joined(", ", this::retold));
      steps.add(said(wording.restating(), "restating"));
    }
    if (usually("planning")) {
      words.put("expression", story.start() + ", " + joined(", ", Event::arithmetic));
      steps.add(said(wording.planning(), "planning"));
    }
    boolean checks = usually("checking");
    int total = story.start();
    for (Event event : story.events()) {
      for (Operation operation : event.operations(total)) {
        boolean product = event.kind().hasGroups() && operation.sign() == '*';
        compute(operation, product ? wording.computingGroups() : wording.computingTotal());
        if (checks) {
          check(operation);
        }
      }
      total = event.applyTo(total);
    }
    steps.add(said(wording.ending(), "ending"));
    return String.join("\n\n", steps);
  }

  private String joined(String between, Function<Event, String> text) {
    return story.events().stream().map(text).collect(Collectors.joining(between));
  }

  private String retold(Event event) {
    return Wording.fill(
        wording.retold().get(event.kind()), Map.of("count", event.count(), "each", event.each()));
  }

  private void compute(Operation operation, List<String> ways) {
    words.put("equation", operation);
    String opener = Wording.pick(wording.openers(), SeedTree.at(seed, "opener", steps.size()));
    steps.add(Wording.sentence(opener + said(ways, "computing")));
  }

  /** Last digits only: a check adds no number that is needed further on. */
  private void check(Operation operation) {
    Operation digits = operation.lastDigits();
    words.put("sum", digits.sides());
    words.put("digit", digits.result() % 10);
    steps.add(Wording.fill(Wording.pick(wording.checking(), SeedTree.at(seed, "checking")), words));
  }

  private boolean usually(String step) {
    return SeedTree.uniform(SeedTree.at(seed, "has " + step)) < USUALLY;
  }

  private String said(List<String> ways, String step) {
    return Wording.fill(Wording.pick(ways, SeedTree.at(seed, step, steps.size())), words);
  }
}
