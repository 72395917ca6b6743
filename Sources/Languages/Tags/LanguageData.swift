// Written by Tools/references/tokens_languages.py from iso-codes and CLDR; not to be edited by hand.

enum LanguageData {
  /// A bit for each of the 26³ codes of three letters: whether ISO 639 knows it.
  static let threeLetters = """
    /+3//v//v9v7//7a9x88V2+Xe/j/9/9wvwP//8sFhVL5//1/////9/////////fj6f///028Cn6//3/////3///v/99v\
    9PHwXeefFAcg3/0ffskh+P/v3///f///f/////////////d/7///7/+/z////b//7f////6/////79////v//3f////+\
    ///////3///13////9/////+///f///f+f//7v///////z+9/cWtb0DvnMFDLAwlQQBQRADAv//+n7RCRdaTJIj3e+cX\
    VlV5Dhw3f/Pv/+9dOGUIAAD8/7////9/Nz7Hh8//AYEAsAWAAAAAAANQAACSIdD9d//e/l4EAAJkjRnB33sjAAAA323O\
    IuXZ8/5//8+dFEEEhgDRAPDHZ1/WmV637e8DAAIAAADAV1pHkmkBLtZ7dN9/fwAAAAEEVgMAALAUB1EUGgABAAAQEUkA\
    AGAQAAAAEAAARAQAEIAFGAAABQCAKAQAABDVLRBkFyRTtdW/480DAIAAQBAAAAAABBc5Ad3XmSGYpwAABUCCAAABBAAA\
    AAIBQABEAACw/u85AAIAAAAEAAAAAAAgAEAEAAAAAgAAABCjqgUAAAAABCAEpggEAAiBUAAACDGGQAAAAABAQAP1QxAI\
    BAAAAOC7sxMAgAARAAAAAAAAAAAAAAAA///f7//fz4OiwP/fJ+8f5QMQILDFgEUlmwPfud8D0EiQAQ7Bt5Nc2zjzf/9t\
    +f//fwQIAAEhEjzf/Q+FT0QAAAT//9/W6Bv0N6MNAAAge3kCB4QA8P///wAYBYEAAACAELQcIQAAAAAAEEAABAi0/qYM\
    QAAAkSQEbABg8P//f/YYBZ/fbgMAEQAAAEAFNb6CKAQABFHi//8/BQkIBUAAAAAAEAEADAAAAAAhAmzjSRSIIMBHkAcA\
    AADMUEAkhUeEQCAQACECUIgRANHs71Q1DQFpDn3rMwgAIAVAEQAAAFBElknW3afBR5f7ABAACACAAEBFAAECAAFAgAAC\
    CPjr1zvEnRYAAAwEASAg2aIBAAAAEkQAAAQQ8J2VEwSAAAHQFkAAEPCQYkzSAgFKAEYEgAgCACDAAIAGAAgAAAAA8Njv\
    FQIIAAABAAAAABABABAAAAD///9///////9////2////////P/f/3////////3////7//////////////f/f3//3/9//\
    /////777//////9/////////7///7//r/fv/////9d//v/+/3d//vJgFLP8H8Pv/fwAIAMN9GwbmcvDv/39EIjCfex79\
    /1by/z7f8g6V9///R4ABAgAgQFWfip/5bhGHUfj3/3dAAQXRWFwAQAAQBAIAIAqA+7///v7////////v/7//f///////\
    //ff//f//997/////////f+////7///f333///f///f/////////f////3/f/7/vt/9/3//n////9/72f///f/////f/\
    X/9/n/7///9//38CggT/v///1+////f/4p7n//f/dn3F////////3v+/fw+nUQbEl9Bdr6b//f9jXUv///8/IBQAV1HC\
    ZfUN8v//30IFxQUAIgB0aRAYBUEAAQYAAAAAAFFgBQQBAAAGESAAGAWS8f1nawaVBkft+02de4MEYkAAFUIAAABUx/lf\
    EM7JRt/3ExEAIAAAAJAAAAAAAAoQAAFAAPDff799vk//v0AUhGGw/116BAIASS0UJv/t8a/vPwAAAsfgHvy//b379/z3\
    ///0/e9D9HcQAQFEf/+33flfBYbv9Tf9HQAAAENxQgBAAAABQxkgCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP+951fuE10JwUAh+hcBgAAAAADw/v+/ACMAIAAACAAA\
    MLXjEAAAABEkFgABAjCCowFQAAGDEUgAAADw39+/EqoQ//hSAIAgAAAAAEAQAgI8ABBCEGFf3jEAAAABXAIgAAABAEIB\
    IAAA/3//////L9/ez737r///f0tAEPF96/33///7//9v8XvxP/9//+//9///9/3f//3//1f/b4F3n/z3///////+/19X\
    Z+9fUBBy//+fFZ8VD33GfaGS9f//f//////93f//vfbf/z9AmAK/7//n9v5c/v9/0D4Ve7j/vv//9v/393P//+7/99f9\
    7y+Av8X////f///////9//9/Bh93//nbXc99Frnqe6AeIAAwAgQkSAQAAEDUBgQAAAQABAAwCQZQAAgAQAAkAAQAENx4\
    100PFE/xFmTVSAoAAgBAAAgAAAD8/+sfWEhBJKAEABASQCIAEAAAAAAAAAEAAAiAEBC/b5MAAQAAAAAAAADAgC8AAAAA\
    AAAKAAAAwIfCAgAAAAH+GAIAEvD/eT8AJQAACAoAAAAAAABAABADAAkgAAABAACDAAAAAAEAAAAAAAAAAAAAAAD////P\
    fr4REAAAkgFGzfFeAAEAMBQEURABBPY/MgUEALCAIFV1n33fccx41UP112cUAQAAAAAACPfbH1RgA2gFEIs4ugEAADAA\
    JEQAABACMQIBAADw9f+X17xQ1nh6FVAFpITpQQAAAGs5UnRA6SCQYpIAAAJ/7/9/hVP07///8t3HTPVC/P//HwCAwFaM\
    Fp/7N33v/7WkrwFEGAFdTkoIUCgw4IAQICQA////T/4BBogKQBYBABULPgEAABCQaUUCAgHpv78CAAAQ1KfRVJ5E3v2H\
    ZrFVINSj2DA9gAAAAEzwEcWEb1AAIlB/v8sHACAQhLJFEAZEAAASAhEA8P/9fwUCFokAAAAIABAMAgAAAACDMAIshAEz\
    wAMkAAAAy+Q6RsgU8f//fxYBAYRQB/z//w8BAEAQOAEBHBJA4XYWiAMQAAAAAQAAAAAAIiQKQIAAAAA=
    """

  /// Codes of two letters and the three-letter codes that they stand for.
  static let twoLetters = """
    aa=aar|ab=abk|ae=ave|af=afr|ak=aka|am=amh|an=arg|ar=ara|as=asm|av=ava|ay=aym|az=aze|\
    ba=bak|be=bel|bg=bul|bh=bih|bi=bis|bm=bam|bn=ben|bo=bod|br=bre|bs=bos|ca=cat|ce=che|\
    ch=cha|co=cos|cr=cre|cs=ces|cu=chu|cv=chv|cy=cym|da=dan|de=deu|dv=div|dz=dzo|ee=ewe|\
    el=ell|en=eng|eo=epo|es=spa|et=est|eu=eus|fa=fas|ff=ful|fi=fin|fj=fij|fo=fao|fr=fra|\
    fy=fry|ga=gle|gd=gla|gl=glg|gn=grn|gu=guj|gv=glv|ha=hau|he=heb|hi=hin|ho=hmo|hr=hrv|\
    ht=hat|hu=hun|hy=hye|hz=her|ia=ina|id=ind|ie=ile|ig=ibo|ii=iii|ik=ipk|io=ido|is=isl|\
    it=ita|iu=iku|ja=jpn|jv=jav|ka=kat|kg=kon|ki=kik|kj=kua|kk=kaz|kl=kal|km=khm|kn=kan|\
    ko=kor|kr=kau|ks=kas|ku=kur|kv=kom|kw=cor|ky=kir|la=lat|lb=ltz|lg=lug|li=lim|ln=lin|\
    lo=lao|lt=lit|lu=lub|lv=lav|mg=mlg|mh=mah|mi=mri|mk=mkd|ml=mal|mn=mon|mr=mar|ms=msa|\
    mt=mlt|my=mya|na=nau|nb=nob|nd=nde|ne=nep|ng=ndo|nl=nld|nn=nno|no=nor|nr=nbl|nv=nav|\
    ny=nya|oc=oci|oj=oji|om=orm|or=ori|os=oss|pa=pan|pi=pli|pl=pol|ps=pus|pt=por|qu=que|\
    rm=roh|rn=run|ro=ron|ru=rus|rw=kin|sa=san|sc=srd|sd=snd|se=sme|sg=sag|sh=hbs|si=sin|\
    sk=slk|sl=slv|sm=smo|sn=sna|so=som|sq=sqi|sr=srp|ss=ssw|st=sot|su=sun|sv=swe|sw=swa|\
    ta=tam|te=tel|tg=tgk|th=tha|ti=tir|tk=tuk|tl=tgl|tn=tsn|to=ton|tr=tur|ts=tso|tt=tat|\
    tw=twi|ty=tah|ug=uig|uk=ukr|ur=urd|uz=uzb|ve=ven|vi=vie|vo=vol|wa=wln|wo=wol|xh=xho|\
    yi=yid|yo=yor|za=zha|zh=zho|zu=zul
    """

  /// Codes, English names, and what speakers call their language.
  static let names = """
    aa=Afar|ab=Abkhazian|ace=Achinese|ach=Acoli|ada=Adangme|ady=Adyghe|ae=Avestan|\
    aeb=Tunisian Arabic|af=Afrikaans;Afrikaans|afh=Afrihili|agq=Aghem;Aghem|ain=Ainu|\
    ak=Akan;Akan|akk=Akkadian|akz=Alabama|ale=Aleut|aln=Gheg Albanian|alt=Southern Altai|\
    am=Amharic;አማርኛ|an=Aragonese|ang=Old English|anp=Angika|ar=Arabic;العربية|arc=Aramaic|\
    arn=Mapuche|aro=Araona|arp=Arapaho|arq=Algerian Arabic|ars=Najdi Arabic|arw=Arawak|\
    ary=Moroccan Arabic|arz=Egyptian Arabic|as=Assamese;অসমীয়া|asa=Asu;Kipare|\
    ase=American Sign Language|ast=Asturian;asturianu|atj=Atikamekw|av=Avaric|avk=Kotava|\
    awa=Awadhi|ay=Aymara|az=Azerbaijani;azərbaycan|ba=Bashkir|bal=Baluchi|ban=Balinese|\
    bar=Bavarian|bas=Basaa;Ɓàsàa|bax=Bamun|bbc=Batak Toba|bbj=Ghomala|\
    be=Belarusian;беларуская|bej=Beja|bem=Bemba;Ichibemba|bew=Betawi|bez=Bena;Hibena|\
    bfd=Bafut|bfq=Badaga|bg=Bulgarian;български|bgn=Western Balochi|bho=Bhojpuri|bi=Bislama|\
    bik=Bikol|bin=Bini|bjn=Banjar|bkm=Kom|bla=Siksika|blt=Tai Dam|bm=Bambara;bamanakan|\
    bn=Bangla;বাংলা|bo=Tibetan;བོད་སྐད་|bpy=Bishnupriya|bqi=Bakhtiari|br=Breton;brezhoneg|\
    bra=Braj|brh=Brahui|brx=Bodo;बर’|bs=Bosnian;bosanski|bss=Akoose|bua=Buriat|bug=Buginese|\
    bum=Bulu|byn=Blin|byv=Medumba|ca=Catalan;català|cad=Caddo|car=Carib|cay=Cayuga|cch=Atsam|\
    ccp=Chakma;𑄌𑄋𑄴𑄟𑄳𑄦|ce=Chechen;нохчийн|ceb=Cebuano;Binisaya|cgg=Chiga;Rukiga|ch=Chamorro|\
    chb=Chibcha|chg=Chagatai|chk=Chuukese|chm=Mari|chn=Chinook Jargon|cho=Choctaw|\
    chp=Chipewyan|chr=Cherokee;ᏣᎳᎩ|chy=Cheyenne|cic=Chickasaw|\
    ckb=Central Kurdish;کوردیی ناوەندی|clc=Chilcotin|co=Corsican|cop=Coptic|cps=Capiznon|\
    cr=Cree|crg=Michif|crh=Crimean Tatar|crj=Southern East Cree|crk=Plains Cree|\
    crl=Northern East Cree|crm=Moose Cree|crr=Carolina Algonquian|crs=Seselwa Creole French|\
    cs=Czech;čeština|csb=Kashubian|csw=Swampy Cree|cu=Church Slavic|cv=Chuvash|cwd=Woods Cree|\
    cy=Welsh;Cymraeg|da=Danish;dansk|dak=Dakota|dar=Dargwa|dav=Taita;Kitaita|\
    de=German;Deutsch|del=Delaware|den=Slave|dgr=Dogrib|din=Dinka|dje=Zarma;Zarmaciine|\
    doi=Dogri;डोगरी|dsb=Lower Sorbian;dolnoserbšćina|dtp=Central Dusun|dua=Duala;duálá|\
    dum=Middle Dutch|dv=Divehi|dyo=Jola-Fonyi;joola|dyu=Dyula|dz=Dzongkha;རྫོང་ཁ|dzg=Dazaga|\
    ebu=Embu;Kĩembu|ee=Ewe;Eʋegbe|efi=Efik|egl=Emilian|egy=Ancient Egyptian|eka=Ekajuk|\
    el=Greek;Ελληνικά|elx=Elamite|en=English;English|enm=Middle English|\
    eo=Esperanto;esperanto|es=Spanish;español|esu=Central Yupik|et=Estonian;eesti|\
    eu=Basque;euskara|ewo=Ewondo;ewondo|ext=Extremaduran|fa=Persian;فارسی|fan=Fang|fat=Fanti|\
    ff=Fulah;Pulaar|fi=Finnish;suomi|fil=Filipino;Filipino|fit=Tornedalen Finnish|fj=Fijian|\
    fo=Faroese;føroyskt|fon=Fon|fr=French;français|frc=Cajun French|frm=Middle French|\
    fro=Old French|frp=Arpitan|frr=Northern Frisian|frs=Eastern Frisian|fur=Friulian;furlan|\
    fy=Western Frisian;Frysk|ga=Irish;Gaeilge|gaa=Ga|gag=Gagauz|gan=Gan Chinese|gay=Gayo|\
    gba=Gbaya|gbz=Zoroastrian Dari|gd=Scottish Gaelic;Gàidhlig|gez=Geez|gil=Gilbertese|\
    gl=Galician;galego|glk=Gilaki|gmh=Middle High German|gn=Guarani|goh=Old High German|\
    gom=Goan Konkani|gon=Gondi|gor=Gorontalo|got=Gothic|grb=Grebo|grc=Ancient Greek|\
    gsw=Swiss German;Schwiizertüütsch|gu=Gujarati;ગુજરાતી|guc=Wayuu|gur=Frafra|\
    guz=Gusii;Ekegusii|gv=Manx;Gaelg|gwi=Gwichʼin|ha=Hausa;Hausa|hai=Haida|hak=Hakka Chinese|\
    haw=Hawaiian;ʻŌlelo Hawaiʻi|hax=Southern Haida|hdn=Northern Haida|he=Hebrew;עברית|\
    hi=Hindi;हिन्दी|hif=Fiji Hindi|hil=Hiligaynon|hit=Hittite|hmn=Hmong|hnj=Hmong Njua|\
    ho=Hiri Motu|hr=Croatian;hrvatski|hsb=Upper Sorbian;hornjoserbšćina|hsn=Xiang Chinese|\
    ht=Haitian Creole|hu=Hungarian;magyar|hup=Hupa|hur=Halkomelem|hy=Armenian;հայերեն|\
    hz=Herero|ia=Interlingua;interlingua|iba=Iban|ibb=Ibibio|id=Indonesian;Indonesia|\
    ie=Interlingue|ig=Igbo;Igbo|ii=Sichuan Yi;ꆈꌠꉙ|ik=Inupiaq|ike=Eastern Canadian Inuktitut|\
    ikt=Western Canadian Inuktitut|ilo=Iloko|inh=Ingush|io=Ido|is=Icelandic;íslenska|\
    it=Italian;italiano|iu=Inuktitut|izh=Ingrian|ja=Japanese;日本語|jam=Jamaican Creole English|\
    jbo=Lojban|jgo=Ngomba;Ndaꞌa|jmc=Machame;Kimachame|jpr=Judeo-Persian|jrb=Judeo-Arabic|\
    jut=Jutish|jv=Javanese;Jawa|ka=Georgian;ქართული|kaa=Kara-Kalpak|kab=Kabyle;Taqbaylit|\
    kac=Kachin|kaj=Jju|kam=Kamba;Kikamba|kaw=Kawi|kbd=Kabardian|kbl=Kanembu|kcg=Tyap|\
    kde=Makonde;Chimakonde|kea=Kabuverdianu;kabuverdianu|ken=Kenyang|kfo=Koro|kg=Kongo|\
    kgp=Kaingang;kanhgág|kha=Khasi|kho=Khotanese|khq=Koyra Chiini;Koyra ciini|khw=Khowar|\
    ki=Kikuyu;Gikuyu|kiu=Kirmanjki|kj=Kuanyama|kk=Kazakh;қазақ тілі|kkj=Kako;kakɔ|\
    kl=Kalaallisut;kalaallisut|kln=Kalenjin;Kalenjin|km=Khmer;ខ្មែរ|kmb=Kimbundu|\
    kn=Kannada;ಕನ್ನಡ|ko=Korean;한국어|koi=Komi-Permyak|kok=Konkani;कोंकणी|kos=Kosraean|\
    kpe=Kpelle|kr=Kanuri|krc=Karachay-Balkar|kri=Krio|krj=Kinaray-a|krl=Karelian|kru=Kurukh|\
    ks=Kashmiri;کٲشُر|ksb=Shambala;Kishambaa|ksf=Bafia;rikpa|ksh=Colognian;Kölsch|\
    ku=Kurdish;kurdî|kum=Kumyk|kut=Kutenai|kv=Komi|kw=Cornish;kernewek|kwk=Kwakʼwala|\
    ky=Kyrgyz;кыргызча|la=Latin|lad=Ladino|lag=Langi;Kɨlaangi|lah=Lahnda|lam=Lamba|\
    lb=Luxembourgish;Lëtzebuergesch|lez=Lezghian|lfn=Lingua Franca Nova|lg=Ganda;Luganda|\
    li=Limburgish|lij=Ligurian|lil=Lillooet|liv=Livonian|lkt=Lakota;Lakȟólʼiyapi|lmo=Lombard|\
    ln=Lingala;lingála|lo=Lao;ລາວ|lol=Mongo|lou=Louisiana Creole|loz=Lozi|\
    lrc=Northern Luri;لۊری شومالی|lt=Lithuanian;lietuvių|ltg=Latgalian|\
    lu=Luba-Katanga;Tshiluba|lua=Luba-Lulua|lui=Luiseno|lun=Lunda|luo=Luo;Dholuo|lus=Mizo|\
    luy=Luyia;Luluhia|lv=Latvian;latviešu|lzh=Literary Chinese|lzz=Laz|mad=Madurese|maf=Mafa|\
    mag=Magahi|mai=Maithili;मैथिली|mak=Makasar|man=Mandingo|mas=Masai;Maa|mde=Maba|mdf=Moksha|\
    mdr=Mandar|men=Mende|mer=Meru;Kĩmĩrũ|mfe=Morisyen;kreol morisien|mg=Malagasy;Malagasy|\
    mga=Middle Irish|mgh=Makhuwa-Meetto;Makua|mgo=Metaʼ;metaʼ|mh=Marshallese|\
    mi=Māori;te reo Māori|mic=Mi'kmaq|min=Minangkabau|mk=Macedonian;македонски|\
    ml=Malayalam;മലയാളം|mn=Mongolian;монгол|mnc=Manchu|mni=Manipuri;মৈতৈলোন্|moe=Innu-aimun|\
    moh=Mohawk|mos=Mossi|mr=Marathi;मराठी|mrj=Western Mari|ms=Malay;Melayu|mt=Maltese;Malti|\
    mua=Mundang;MUNDAŊ|mul=Multiple languages|mus=Muscogee|mwl=Mirandese|mwr=Marwari|\
    mwv=Mentawai|my=Burmese;မြန်မာ|mye=Myene|myv=Erzya|mzn=Mazanderani;مازرونی|na=Nauru|\
    nan=Min Nan Chinese|nap=Neapolitan|naq=Nama;Khoekhoegowab|nb=Norwegian Bokmål|\
    nd=North Ndebele;isiNdebele|nds=Low German;Neddersass’sch|ne=Nepali;नेपाली|new=Newari|\
    ng=Ndonga|nia=Nias|niu=Niuean|njo=Ao Naga|nl=Dutch;Nederlands|nmg=Kwasio;Kwasio|\
    nn=Norwegian Nynorsk|nnh=Ngiemboon;Shwóŋò ngiembɔɔn|no=Norwegian;norsk|nog=Nogai|\
    non=Old Norse|nov=Novial|nqo=N’Ko|nr=South Ndebele|nso=Northern Sotho|nus=Nuer;Thok Nath|\
    nv=Navajo|nwc=Classical Newari|ny=Nyanja|nym=Nyamwezi|nyn=Nyankole;Runyankore|nyo=Nyoro|\
    nzi=Nzima|oc=Occitan|oj=Ojibwa|ojb=Northwestern Ojibwa|ojc=Central Ojibwa|\
    ojg=Eastern Ojibwa|ojs=Oji-Cree|ojw=Western Ojibwa|oka=Okanagan|om=Oromo;Oromoo|\
    or=Odia;ଓଡ଼ିଆ|os=Ossetic;ирон|osa=Osage|ota=Ottoman Turkish|pa=Punjabi;ਪੰਜਾਬੀ|\
    pag=Pangasinan|pal=Pahlavi|pam=Pampanga|pap=Papiamento|pau=Palauan|pcd=Picard|\
    pcm=Nigerian Pidgin;Naijíriá Píjin|pdc=Pennsylvania German|pdt=Plautdietsch|\
    peo=Old Persian|pfl=Palatine German|phn=Phoenician|pi=Pali|pl=Polish;polski|\
    pms=Piedmontese|pnt=Pontic|pon=Pohnpeian|pqm=Malecite|prg=Prussian|pro=Old Provençal|\
    ps=Pashto;پښتو|pt=Portuguese;português|qu=Quechua;Runasimi|quc=Kʼicheʼ|\
    qug=Chimborazo Highland Quichua|raj=Rajasthani|rap=Rapanui|rar=Rarotongan|rgn=Romagnol|\
    rhg=Rohingya|rif=Riffian|rm=Romansh;rumantsch|rn=Rundi;Ikirundi|ro=Romanian;română|\
    rof=Rombo;Kihorombo|rom=Romany|rtm=Rotuman|ru=Russian;русский|rue=Rusyn|rug=Roviana|\
    rup=Aromanian|rw=Kinyarwanda;Kinyarwanda|rwk=Rwa;Kiruwa|sa=Sanskrit;संस्कृत भाषा|\
    sad=Sandawe|sah=Sakha;саха тыла|sam=Samaritan Aramaic|saq=Samburu;Kisampur|sas=Sasak|\
    sat=Santali;ᱥᱟᱱᱛᱟᱲᱤ|saz=Saurashtra|sba=Ngambay|sbp=Sangu;Ishisangu|sc=Sardinian;sardu|\
    scn=Sicilian|sco=Scots|sd=Sindhi;سنڌي|sdc=Sassarese Sardinian|sdh=Southern Kurdish|\
    se=Northern Sami;davvisámegiella|see=Seneca|seh=Sena;sena|sei=Seri|sel=Selkup|\
    ses=Koyraboro Senni;Koyraboro senni|sg=Sango;Sängö|sga=Old Irish|sgs=Samogitian|\
    sh=Serbo-Croatian|shi=Tachelhit;ⵜⴰⵛⵍⵃⵉⵜ|shn=Shan|shs=Shuswap|shu=Chadian Arabic|\
    si=Sinhala;සිංහල|sid=Sidamo|sk=Slovak;slovenčina|sl=Slovenian;slovenščina|\
    slh=Southern Lushootseed|sli=Lower Silesian|sly=Selayar|sm=Samoan|sma=Southern Sami|\
    smj=Lule Sami|smn=Inari Sami;anarâškielâ|sms=Skolt Sami|sn=Shona;chiShona|snk=Soninke|\
    so=Somali;Soomaali|sog=Sogdien|sq=Albanian;shqip|sr=Serbian;српски|srn=Sranan Tongo|\
    srr=Serer|ss=Swati|ssy=Saho|st=Southern Sotho|stq=Saterland Frisian|str=Straits Salish|\
    su=Sundanese;Basa Sunda|suk=Sukuma|sus=Susu|sux=Sumerian|sv=Swedish;svenska|\
    sw=Swahili;Kiswahili|swb=Comorian|syc=Classical Syriac|syr=Syriac|szl=Silesian|\
    ta=Tamil;தமிழ்|tce=Southern Tutchone|tcy=Tulu|te=Telugu;తెలుగు|tem=Timne|teo=Teso;Kiteso|\
    ter=Tereno|tet=Tetum|tg=Tajik;тоҷикӣ|tgx=Tagish|th=Thai;ไทย|tht=Tahltan|ti=Tigrinya;ትግርኛ|\
    tig=Tigre|tiv=Tiv|tk=Turkmen;türkmen dili|tkl=Tokelau|tkr=Tsakhur|tl=Tagalog|tlh=Klingon|\
    tli=Tlingit|tly=Talysh|tmh=Tamashek|tn=Tswana|to=Tongan;lea fakatonga|tog=Nyasa Tonga|\
    tpi=Tok Pisin|tr=Turkish;Türkçe|tru=Turoyo|trv=Taroko|trw=Torwali|ts=Tsonga|tsd=Tsakonian|\
    tsi=Tsimshian|tt=Tatar;татар|ttm=Northern Tutchone|ttt=Muslim Tat|tum=Tumbuka|tvl=Tuvalu|\
    tw=Twi|twq=Tasawaq;Tasawaq senni|ty=Tahitian|tyv=Tuvinian|\
    tzm=Central Atlas Tamazight;Tamaziɣt n laṭlaṣ|udm=Udmurt|ug=Uyghur;ئۇيغۇرچە|uga=Ugaritic|\
    uk=Ukrainian;українська|umb=Umbundu|und=Unknown language|ur=Urdu;اردو|uz=Uzbek;o‘zbek|\
    vai=Vai;ꕙꔤ|ve=Venda|vec=Venetian|vep=Veps|vi=Vietnamese;Tiếng Việt|vls=West Flemish|\
    vmf=Main-Franconian|vo=Volapük|vot=Votic|vro=Võro|vun=Vunjo;Kyivunjo|wa=Walloon|\
    wae=Walser;Walser|wal=Wolaytta|war=Waray|was=Washo|wbp=Warlpiri|wo=Wolof;Wolof|\
    wuu=Wu Chinese|xal=Kalmyk|xh=Xhosa;isiXhosa|xmf=Mingrelian|xog=Soga;Olusoga|yao=Yao|\
    yap=Yapese|yav=Yangben;nuasue|ybb=Yemba|yi=Yiddish;ייִדיש|yo=Yoruba;Èdè Yorùbá|\
    yrl=Nheengatu;nheẽgatu|yue=Cantonese;粵語|za=Zhuang|zap=Zapotec|zbl=Blissymbols|\
    zea=Zeelandic|zen=Zenaga|zgh=Standard Moroccan Tamazight;ⵜⴰⵎⴰⵣⵉⵖⵜ|zh=Chinese;中文|\
    zu=Zulu;isiZulu|zun=Zuni|zxx=No linguistic content|zza=Zaza
    """

  /// Scripts and their English names.
  static let scripts = """
    Adlm=Adlam|Afak=Afaka|Aghb=Caucasian Albanian|Ahom=Ahom|Arab=Arabic|Aran=Nastaliq|\
    Armi=Imperial Aramaic|Armn=Armenian|Avst=Avestan|Bali=Balinese|Bamu=Bamum|Bass=Bassa Vah|\
    Batk=Batak|Beng=Bangla|Bhks=Bhaiksuki|Blis=Blissymbols|Bopo=Bopomofo|Brah=Brahmi|\
    Brai=Braille|Bugi=Buginese|Buhd=Buhid|Cakm=Chakma|\
    Cans=Unified Canadian Aboriginal Syllabics|Cari=Carian|Cham=Cham|Cher=Cherokee|\
    Chrs=Chorasmian|Cirt=Cirth|Copt=Coptic|Cpmn=Cypro-Minoan|Cprt=Cypriot|Cyrl=Cyrillic|\
    Cyrs=Old Church Slavonic Cyrillic|Deva=Devanagari|Diak=Dives Akuru|Dogr=Dogra|\
    Dsrt=Deseret|Dupl=Duployan shorthand|Egyd=Egyptian demotic|Egyh=Egyptian hieratic|\
    Egyp=Egyptian hieroglyphs|Elba=Elbasan|Elym=Elymaic|Ethi=Ethiopic|Geok=Georgian Khutsuri|\
    Geor=Georgian|Glag=Glagolitic|Gong=Gunjala Gondi|Gonm=Masaram Gondi|Goth=Gothic|\
    Gran=Grantha|Grek=Greek|Gujr=Gujarati|Guru=Gurmukhi|Hanb=Han with Bopomofo|Hang=Hangul|\
    Hani=Han|Hano=Hanunoo|Hans=Simplified|Hant=Traditional|Hatr=Hatran|Hebr=Hebrew|\
    Hira=Hiragana|Hluw=Anatolian Hieroglyphs|Hmng=Pahawh Hmong|Hmnp=Nyiakeng Puachue Hmong|\
    Hrkt=Japanese syllabaries|Hung=Old Hungarian|Inds=Indus|Ital=Old Italic|Jamo=Jamo|\
    Java=Javanese|Jpan=Japanese|Jurc=Jurchen|Kali=Kayah Li|Kana=Katakana|Kawi=Kawi|\
    Khar=Kharoshthi|Khmr=Khmer|Khoj=Khojki|Kits=Khitan small script|Knda=Kannada|Kore=Korean|\
    Kpel=Kpelle|Kthi=Kaithi|Lana=Lanna|Laoo=Lao|Latf=Fraktur Latin|Latg=Gaelic Latin|\
    Latn=Latin|Lepc=Lepcha|Limb=Limbu|Lina=Linear A|Linb=Linear B|Lisu=Fraser|Loma=Loma|\
    Lyci=Lycian|Lydi=Lydian|Mahj=Mahajani|Maka=Makasar|Mand=Mandaean|Mani=Manichaean|\
    Marc=Marchen|Maya=Mayan hieroglyphs|Medf=Medefaidrin|Mend=Mende|Merc=Meroitic Cursive|\
    Mero=Meroitic|Mlym=Malayalam|Modi=Modi|Mong=Mongolian|Moon=Moon|Mroo=Mro|\
    Mtei=Meitei Mayek|Mult=Multani|Mymr=Myanmar|Nagm=Nag Mundari|Nand=Nandinagari|\
    Narb=Old North Arabian|Nbat=Nabataean|Newa=Newa|Nkgb=Naxi Geba|Nkoo=N’Ko|Nshu=Nüshu|\
    Ogam=Ogham|Olck=Ol Chiki|Orkh=Orkhon|Orya=Odia|Osge=Osage|Osma=Osmanya|Ougr=Old Uyghur|\
    Palm=Palmyrene|Pauc=Pau Cin Hau|Perm=Old Permic|Phag=Phags-pa|Phli=Inscriptional Pahlavi|\
    Phlp=Psalter Pahlavi|Phlv=Book Pahlavi|Phnx=Phoenician|Plrd=Pollard Phonetic|\
    Prti=Inscriptional Parthian|Rjng=Rejang|Rohg=Hanifi|Roro=Rongorongo|Runr=Runic|\
    Samr=Samaritan|Sara=Sarati|Sarb=Old South Arabian|Saur=Saurashtra|Sgnw=SignWriting|\
    Shaw=Shavian|Shrd=Sharada|Sidd=Siddham|Sind=Khudawadi|Sinh=Sinhala|Sogd=Sogdian|\
    Sogo=Old Sogdian|Sora=Sora Sompeng|Soyo=Soyombo|Sund=Sundanese|Sylo=Syloti Nagri|\
    Syrc=Syriac|Syre=Estrangelo Syriac|Syrj=Western Syriac|Syrn=Eastern Syriac|Tagb=Tagbanwa|\
    Takr=Takri|Tale=Tai Le|Talu=New Tai Lue|Taml=Tamil|Tang=Tangut|Tavt=Tai Viet|Telu=Telugu|\
    Teng=Tengwar|Tfng=Tifinagh|Tglg=Tagalog|Thaa=Thaana|Thai=Thai|Tibt=Tibetan|Tirh=Tirhuta|\
    Tnsa=Tangsa|Toto=Toto|Ugar=Ugaritic|Vaii=Vai|Visp=Visible Speech|Vith=Vithkuqi|\
    Wara=Varang Kshiti|Wcho=Wancho|Wole=Woleai|Xpeo=Old Persian|\
    Xsux=Sumero-Akkadian Cuneiform|Yezi=Yezidi|Yiii=Yi
    """
}
