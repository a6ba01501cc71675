(* SPDX-License-Identifier: ISC
   The peer of bench/tasks: what ../measured.cpp measures, with Lwt.
   `measured wake SECONDS BATCH` or `measured sleepers NUMBER DELAY SPREAD`; prints `NAME VALUE` lines. *)

let processor_seconds = Sys.time

let resident_bytes () =
  let statm = open_in "/proc/self/statm" in
  let pages = Scanf.sscanf (input_line statm) "%_d %d" (fun pages -> pages) in
  close_in statm;
  float (pages * 4096)

(* A thread is started, waits for a promise of its own, is woken, ends, and is garbage. *)
let wake seconds batch =
  let woken = ref 0 in
  let wakers = Array.make batch (snd (Lwt.wait ())) in
  let start = processor_seconds () in
  let used = ref 0. in
  while !used < seconds do
    for _ = 1 to 20 do
      for i = 0 to batch - 1 do
        let happened, waker = Lwt.wait () in
        wakers.(i) <- waker;
        ignore (Lwt.bind happened (fun () -> incr woken; Lwt.return_unit))
      done;
      for i = 0 to batch - 1 do
        Lwt.wakeup wakers.(i) ()
      done
    done;
    used := processor_seconds () -. start
  done;
  Printf.printf "rate %.0f\n" (float !woken /. !used)

(* The numbers of ../measured.cpp. *)
let random =
  let state = ref 88172645463325252L in
  fun limit ->
    let step shift = state := Int64.logxor !state (shift !state) in
    step (fun s -> Int64.shift_left s 13);
    step (fun s -> Int64.shift_right_logical s 7);
    step (fun s -> Int64.shift_left s 17);
    Int64.to_int (Int64.shift_right_logical !state 2) mod limit

let sleepers number delay spread =
  let late = Float.Array.make number 0. in
  let awake = ref 0 in
  let all_awake, tell = Lwt.wait () in
  let spread = int_of_float (spread *. 1e9) in
  let resident = resident_bytes () in
  let start = Unix.gettimeofday () in
  let used = processor_seconds () in
  for _ = 1 to number do
    let until = start +. delay +. (float (random spread) *. 1e-9) in
    let length = until -. Unix.gettimeofday () in
    ignore
      (Lwt.bind (Lwt_unix.sleep length) (fun () ->
           Float.Array.set late !awake (Unix.gettimeofday () -. until);
           incr awake;
           if !awake = number then Lwt.wakeup tell ();
           Lwt.return_unit))
  done;
  Printf.printf "create %.1f\n" ((processor_seconds () -. used) *. 1e9 /. float number);
  Printf.printf "bytes %.1f\n%!" ((resident_bytes () -. resident) /. float number);
  Lwt_main.run all_awake;
  Float.Array.sort compare late;
  let part share = Float.Array.get late (int_of_float (share *. float (number - 1))) *. 1e9 in
  Printf.printf "late_p50 %.0f\nlate_p99 %.0f\nlate_max %.0f\n" (part 0.5) (part 0.99) (part 1.)

let () =
  match Array.to_list Sys.argv with
  | [ _; "wake"; seconds; batch ] -> wake (float_of_string seconds) (int_of_string batch)
  | [ _; "sleepers"; number; delay; spread ] ->
      sleepers (int_of_string number) (float_of_string delay) (float_of_string spread)
  | _ ->
      prerr_endline "usage: measured wake SECONDS BATCH | measured sleepers NUMBER DELAY SPREAD";
      exit 64
