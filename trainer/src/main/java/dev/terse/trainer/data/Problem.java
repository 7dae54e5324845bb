package dev.terse.trainer.data;

import dev.terse.rollout.Prompt;

/**
 * A question with its right answer, ready to be sampled from.
 *
 * @param id name in records
 * @param question as the data has it
 * @param gold the right answer
 * @param prompt token ids; its index is the row's place in the file, so that a draw does not depend
 *     on which rows were dropped
 */
public record Problem(String id, String question, String gold, Prompt prompt) {}
