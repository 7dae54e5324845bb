package dev.terse.lab.curve;

import java.util.List;

/**
 * A chain as the model is given it, before its answer.
 *
 * @param points all that comes to these very tokens
 * @param ids prompt and pruned thinking, [tokens]; not copied
 * @param thinkTokens those after the prompt, marks with them
 * @param text what stands after the prompt
 * @param stated how often what is left of the chain states the final answer
 */
record PrunedPrompt(List<Point> points, int[] ids, int thinkTokens, String text, int stated) {}
