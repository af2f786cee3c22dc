// Work on several threads at once. Standard library only.
#pragma once

#include <future>
#include <vector>

namespace selkie::bench {

// Calls work(0) ... work(threads - 1), each on a thread of its own, and waits for all. Throws what one of them threw.
template <class Work>
void on_threads(int threads, Work work) {
  std::vector<std::future<void>> running;
  for (int thread = 0; thread < threads; ++thread) {
    running.push_back(std::async(std::launch::async, [&work, thread] { work(static_cast<std::size_t>(thread)); }));
  }
  for (std::future<void>& one : running) one.get();
}

}  // namespace selkie::bench
