/// Where processes run: loops, tasks and their groups, time and cancellation.
package dev.parley.loop;
