/**
 * What the tests of several modules share: data, seeds, gradients by differences, and how failures
 * and skipped tests are told. No main code imports it.
 */
package dev.terse.testkit;
