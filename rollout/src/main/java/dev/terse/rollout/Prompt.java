package dev.terse.rollout;

/**
 * What a completion goes on from.
 *
 * @param index place in the data set; part of every seed path
 * @param ids token ids, the generation prompt included; not copied
 */
public record Prompt(int index, int[] ids) {}
