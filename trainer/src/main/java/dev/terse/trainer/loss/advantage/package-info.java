/** What a completion is worth beside the others of its prompt: pure functions of rewards. */
package dev.terse.trainer.loss.advantage;
