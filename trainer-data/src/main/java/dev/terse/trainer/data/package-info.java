/**
 * Rows and problems of a file, their prompts, their order and their packing. It knows no loss and
 * no model but its tokenizer.
 */
package dev.terse.trainer.data;
