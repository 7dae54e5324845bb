/** What is measured on the loaded model: completions that are drawn, and the time of a step. */
package dev.terse.doctor.measure;
