/** JSONL rows of token ids and texts that several commands read and write. */
package dev.terse.cli.rows;
