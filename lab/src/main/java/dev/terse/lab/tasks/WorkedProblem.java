package dev.terse.lab.tasks;

/**
 * A problem with its chain of thought.
 *
 * @param question what is asked
 * @param canonical what has to be worked out, without names and wording; decides the split
 * @param thinking the chain, steps parted by blank lines
 * @param answer the right number
 */
public record WorkedProblem(String question, String canonical, String thinking, long answer) {

  /** The whole completion: thinking, its end mark, the boxed answer. */
  public String completion() {
    return "<think>\n" + thinking + "\n</think>\n\nThe answer is \\boxed{" + answer + "}.";
  }
}
