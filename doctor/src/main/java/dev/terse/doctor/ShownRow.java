package dev.terse.doctor;

/**
 * A row to be looked at.
 *
 * @param id its name
 * @param ids its tokens
 * @param loss which of them bear loss, [ids]; none of a prompt that completions are drawn from
 */
public record ShownRow(String id, int[] ids, boolean[] loss) {}
