;; core.async: go blocks, as its documentation recommends for many processes, so each work is written again after its common form.
(ns dev.parley.jmh.core-async
  (:require [clojure.core.async :refer [alts! chan go <! <!! >!]])
  (:import (dev.parley.jmh Costs)))

(defn- channel [capacity] (if (zero? capacity) (chan) (chan capacity)))

(defmacro ^:private sum-of
  "A go block that adds up n values of expr, and gives the sum."
  [n expr]
  `(go (loop [i# 0 sum# 0] (if (< i# ~n) (recur (inc i#) (+ sum# ~expr)) sum#))))

(defn stream [capacity n]
  (let [c (channel capacity)
        sender (go (dotimes [i n] (>! c (bit-and i 127))))
        receiver (sum-of n (<! c))]
    (<!! sender)
    (<!! receiver)))

(defn comms-time [n]
  (let [numbers (chan) to-successor (chan) from-successor (chan) to-consumer (chan)
        prefix (go (>! numbers 0)
                   (dotimes [_ (dec n)] (>! numbers (<! from-successor)))
                   (<! from-successor))
        delta (go (dotimes [_ n]
                    (let [x (<! numbers)]
                      (>! to-successor x)
                      (>! to-consumer x))))
        successor (go (dotimes [_ n] (>! from-successor (bit-and (inc (<! to-successor)) 127))))
        consumer (sum-of n (<! to-consumer))]
    (run! <!! [prefix delta successor])
    (<!! consumer)))

(defn chain [capacity n elements]
  (let [links (vec (repeatedly n #(channel capacity)))
        head (first links)
        tail (peek links)
        sender (go (dotimes [i elements] (>! head (bit-and i 127))))
        between (doall (for [[in out] (partition 2 1 links)]
                         (go (dotimes [_ elements] (>! out (<! in))))))
        receiver (sum-of elements (<! tail))]
    (<!! sender)
    (run! <!! between)
    (<!! receiver)))

(defn pairs [capacity n elements]
  (let [all (doall (for [_ (range n)]
                     (let [c (channel capacity)]
                       [(go (dotimes [i elements] (>! c (bit-and i 127))))
                        (sum-of elements (<! c))])))]
    (reduce (fn [sum [sender receiver]] (<!! sender) (+ sum (<!! receiver))) 0 all)))

(defn choosing [inputs outputs n shares]
  (let [in (vec (repeatedly inputs chan))
        out (vec (repeatedly outputs chan))
        ports (into in (map #(vector % 1)) out)
        senders (doall (map (fn [c share] (go (dotimes [_ share] (>! c 1)))) in shares))
        receivers (doall (map (fn [c share] (sum-of share (<! c))) out (drop inputs shares)))
        chooser (sum-of n (let [[value _] (alts! ports)] (if (true? value) 0 value)))]
    (run! <!! senders)
    (reduce + (<!! chooser) (map <!! receivers))))

(defn idle-guard
  "Rounds of so many choices and an element over another channel; in one of the rounds it goes over the idle one, and is timed."
  [choices rounds timed]
  (let [idle (chan) busy (chan) other (chan)
        over (vec (map #(if (= timed %) idle other) (range rounds)))
        nanos (long-array rounds)
        sender (go (dotimes [i rounds]
                     (dotimes [_ choices] (>! busy 1))
                     (let [begin (System/nanoTime)]
                       (>! (nth over i) 1)
                       (aset nanos i (- (System/nanoTime) begin)))))
        receiver (go (loop [round 0 sum 0]
                       (if (< round rounds)
                         (recur (inc round)
                                (loop [i 0 sum sum]
                                  (if (< i choices)
                                    (recur (inc i) (+ sum (first (alts! [idle busy]))))
                                    (+ sum (<! (nth over round))))))
                         sum)))]
    (<!! sender)
    (let [sum (<!! receiver)]
      (Costs/own (aget nanos timed))
      sum)))

(defn daisy [n]
  (let [first-link (chan)
        last-link (loop [i 0 left first-link]
                    (if (< i n)
                      (let [right (chan)]
                        (go (>! left (inc (<! right))))
                        (recur (inc i) right))
                      left))]
    (go (>! last-link 0))
    (<!! first-link)))

(defn spawn [n]
  (loop [i 0 count 0] (if (< i n) (recur (inc i) (+ count (<!! (go 1)))) count)))

(defn farm [workers outstanding n]
  (let [tasks (chan outstanding)
        results (chan outstanding)
        all (doall (repeatedly workers #(go (loop [task (<! tasks)]
                                              (when-not (neg? task)
                                                (>! results task)
                                                (recur (<! tasks)))))))
        farmer (go (loop [i 0 sum 0]
                     (if (< i n)
                       (let [got (if (< i outstanding) 0 (<! results))]
                         (>! tasks (bit-and i 127))
                         (recur (inc i) (+ sum got)))
                       (loop [left (min n outstanding) sum sum]
                         (if (pos? left)
                           (recur (dec left) (+ sum (<! results)))
                           (do (dotimes [_ workers] (>! tasks -1))
                               sum))))))]
    (run! <!! all)
    (<!! farmer)))
