/// Words whose point belongs to them even before no word in lower case.
enum MosesPrefixes {
  static func of(_ language: MosesLanguage) -> Set<String> {
    switch language {
    case .english: english
    case .german: german
    case .french: french
    case .czech: czech
    }
  }

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  private static let letters = words("a b c d e f g h i j k l m n o p q r s t u v w x y z")

  private static let english = words(
    """
    rev v vs
    """)

  private static let german = letters.union((1...99).map(String.init)).union(
    words(
      """
      bzgl bzw ca dergl dgl etc evtl ff ggf ii iii iv ix jun pp sen sog sogen spp usf usw vgl vi vii
      viii vs xi xii xiii xiv xix xv xvi xvii xviii xx zzt
      """))

  private static let french = words(
    """
    al ann apr art auj av b boul c ca cf chap contr d dir e env etc ex f fasc fig fr fém g h hab i
    ibid id inf j k l lib m masc ms n n/réf o p pl pp q r s sec sect sing sq sqq suiv sup suppl t
    tél u v vb vol vs w x y z éd
    """)

  private static let czech = words(
    """
    abl absol abt ad adj adv aj ak akt alch amer anat angl anglosas anon ap apod arab arch archit
    arg astr astrol atd atp att aut bd belg bibl biogr biol boh bot br bulh bás cca chcsl chem cit
    cizojaz col csl círk dat dep dial dl doc dol dop dopr dosl dór děj dět ed ekon epic etnonym
    eufem ev event f facs fam fasc fem fil film fol form fot fr franc fut fyz gen geogr geol geom
    germ gram hebr herald hist hl hod hor horn hovor hrsg hud hut ibid ie il imp impf ind indoevr
    inf instr interj iron it ión jap jhdt jv kanad katalán kl klas kniž koed kol komp konj konkr
    korej kr krit kuch kř lat les lid lit liturg log lok lék m mat maď meteor metr mj ml mld mod
    mp ms mysl n např neklas nepubl nesklon než no nom nprap nr náb námoř násl něm ob obch obr
    obyč odd odp ojed okr opr opt orig p part pas pejor pers pf phil pl plpf pokrač pol pomn popř
    port pozn prep prof práv pseud pt předl přel přeprac přivl příl r rcsl red refl reg repr resp
    revid rkp roz rozš roč rum rus s samohl samost sect sest seš sg sign sl slang slov souhl spec
    sport srov srv st stfr stol stsl střv subj subst superl sv sz tab tech telev teol tis tj trans
    typogr tzn tzv táz tř univ uspoř var vedl verb voj vok vol vs vulg vyd vyobr vztaž výtv vč vůb
    zahr zal zast zejm zeměd zkr zprac zvl zájm zř č čas čes čj čp čín ř řec šk špan švýc
    """)
}
