package dev.terse.lab.sampling;

import dev.terse.engine.Progress;
import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.traces.StillRight;
import dev.terse.traces.prune.SftExample;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.data.RightTrace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Lets a model answer from pruned thinking: it is given prompt and thinking up to where the answer
 * begins (with marks, after {@code </think>}) and goes on greedily. What it writes must end by
 * itself and give the gold answer ({@link RightTrace}).
 */
public final class PrunedAnswers implements StillRight {
  private final ModelFolder model;
  private final ThinkingRule rule;
  private final int maxTokens;
  private final int maxLive;
  private final Rollouts rollouts;

  /**
   * @param model not owned; it has a chat template
   * @param rule where thinking ends
   * @param maxTokens most tokens of an answer; the model's positions bound it too
   * @param maxLive answers decoded together
   */
  public PrunedAnswers(ModelFolder model, ThinkingRule rule, int maxTokens, int maxLive) {
    this.model = model;
    this.rule = rule;
    this.maxTokens = maxTokens;
    this.maxLive = maxLive;
    this.rollouts = new Rollouts(model.decoder(), Set.copyOf(model.tokenizer().stopIds()), maxLive);
  }

  @Override
  public int batch() {
    return maxLive;
  }

  @Override
  public List<Outcome> of(List<SftExample> pruned) {
    Outcome[] outcomes = new Outcome[pruned.size()];
    Arrays.fill(outcomes, Outcome.CUT); // where the model has no position left for an answer
    Map<Integer, List<Prompt>> byRoom = new TreeMap<>();
    for (int i = 0; i < outcomes.length; i++) {
      Prompt prompt = new Prompt(i, ids(pruned.get(i)));
      int left = model.decoder().config().maxPositions() - prompt.ids().length;
      if (left > 0) {
        byRoom.computeIfAbsent(Math.min(maxTokens, left), room -> new ArrayList<>()).add(prompt);
      }
    }
    byRoom.forEach(
        (room, prompts) -> {
          SamplingParams greedy = SamplingParams.greedy(room);
          for (Group group : rollouts.generate(prompts, 1, greedy, 0, Progress.NONE)) {
            int place = group.prompt().index();
            outcomes[place] = outcome(pruned.get(place), group.completions().get(0));
          }
        });
    return List.of(outcomes);
  }

  /**
   * Prompt and thinking in the tokens that training will have: those of the whole completion that
   * begin before its answer. Cut as text, a vocabulary that joins {@code >} and line feeds would
   * give others.
   */
  private int[] ids(SftExample example) {
    Tokenizer tokenizer = model.tokenizer();
    ChatPrompt chat = ChatPrompt.of(model.template(), example.prompt());
    int[] prompt = chat.ids(tokenizer);
    String completion = chat.completion(example.completion());
    int answer = answer(example).length();
    int border = completion.codePointCount(0, completion.length() - answer);
    Tokenizer.Encoding encoding = tokenizer.encodeDataWithOffsets(completion);
    int count = 0;
    while (count < encoding.ids().length && encoding.starts()[count] < border) {
      count++;
    }
    int[] ids = Arrays.copyOf(prompt, prompt.length + count);
    System.arraycopy(encoding.ids(), 0, ids, prompt.length, count);
    return ids;
  }

  private Outcome outcome(SftExample example, Completion completion) {
    if (completion.finish() == FinishReason.LENGTH) {
      return Outcome.CUT;
    }
    String answer = model.tokenizer().decode(completion.ids(), true);
    String written = example.completion();
    String thinking = written.substring(0, written.length() - answer(example).length());
    return RightTrace.test(example.gold(), thinking + answer, answer)
        ? Outcome.RIGHT
        : Outcome.WRONG;
  }

  /** What follows the thinking, as the row has it. */
  private String answer(SftExample example) {
    return rule.of(example.completion()).answer();
  }
}
