// Order of search results: pages of the manual before the API, whose names still come first where they are typed.
var Scorer = {
  objNameMatch: 20,
  objPartialMatch: 6,
  objPrio: { 0: 5, 1: 0, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 12,
  term: 5,
  partialTerm: 2,
  score: function (result) {
    var page = result[0], score = result[4];
    if (page.indexOf("api/") === 0) return score;
    if (page.indexOf("zh/") === 0) return score + 5;
    return score + (page === "questions" ? 25 : 15);
  },
};
