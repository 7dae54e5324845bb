/** Marks of keys that name files and folders: what a command reads, and what it writes. */
package dev.terse.trainer.config.places;
