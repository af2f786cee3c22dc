#include <array>

#include "tests/fuzz/target.h"

namespace selkie::fuzz {

std::span<const Target> targets() {
  static constexpr std::array kTargets{
      Target{"packets", packets},                //
      Target{"columns", columns},                //
      Target{"rows", rows},                      //
      Target{"large_row", large_row},            //
      Target{"frames", frames},                  //
      Target{"answer", answer},                  //
      Target{"prepare", prepare},                //
      Target{"compression", compression},        //
      Target{"login", login},                    //
      Target{"authentication", authentication},  //
      Target{"hosts", hosts},                    //
      Target{"redirect", redirect},              //
      Target{"settings", settings},              //
      Target{"sql", sql},                        //
      Target{"sql_writing", sql_writing},        //
      Target{"text", text},                      //
      Target{"values", values},                  //
      Target{"convert_out", convert_out},        //
      Target{"convert_in", convert_in},
  };
  return kTargets;
}

}  // namespace selkie::fuzz
