/**
 * What a run leaves on the disk, and how another goes on from it to the same bits.
 * docs/checkpoint-format.md has the format.
 */
package dev.terse.trainer.checkpoint;
