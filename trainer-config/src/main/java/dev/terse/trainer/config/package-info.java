/**
 * Reads a flat YAML file and {@code --key value} arguments into a record, and tells all that is
 * wrong at once. It knows no single configuration: each stands beside the class that reads it.
 */
package dev.terse.trainer.config;
